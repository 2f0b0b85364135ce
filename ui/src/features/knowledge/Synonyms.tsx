import { useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2, Undo2 } from "lucide-react";
import { useEffect, useId, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, KnowledgeView, SynonymsView } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { useBackend } from "@/backend/context";
import { Failed } from "@/backend/Failed";
import { Icon } from "@/shared/Icon";
import { asTyped, wordsIn } from "./words";

/** Words that mean the same thing here: searches and drafts find all of them where a comment has one. */
export function Synonyms({ lists }: { lists: SynonymsView[] }) {
  const { t } = useTranslation();
  const backend = useBackend();
  const client = useQueryClient();
  const [failed, setFailed] = useState<CommandError | null>(null);
  const [editing, setEditing] = useState<number | null>(null);
  const [removed, setRemoved] = useState<string[] | null>(null);
  const add = useRef<HTMLInputElement>(null);

  /** `true` when the engine took it. */
  const keep = async (act: () => Promise<KnowledgeView>): Promise<boolean> => {
    setFailed(null);
    try {
      client.setQueryData<KnowledgeView>(["get_knowledge"], await act());
      void client.invalidateQueries({ queryKey: ["search_knowledge"] });
      return true;
    } catch (thrown) {
      const error = toCommandError(thrown);
      setFailed(error);
      // Another window or a restored copy may have it otherwise.
      if (error.code === "not_found") void client.invalidateQueries({ queryKey: ["get_knowledge"] });
      return false;
    }
  };
  const addWords = async (text: string) => {
    setRemoved(null);
    return keep(() => backend.call("add_synonyms", { words: wordsIn(text) }));
  };
  const changeWords = async (id: number, text: string) => {
    const done = await keep(() => backend.call("change_synonyms", { id, words: wordsIn(text) }));
    if (done) setEditing(null);
    return done;
  };
  const remove = async (list: SynonymsView) => {
    if (await keep(() => backend.call("remove_synonyms", { id: list.id }))) {
      setRemoved(list.words);
      // The button that had the focus is gone.
      add.current?.focus();
    }
  };
  const takeBack = async (words: string[]) => {
    if (await keep(() => backend.call("add_synonyms", { words }))) {
      setRemoved(null);
      add.current?.focus();
    }
  };

  return (
    <>
      <div className="synonyms-add">
        <p className="muted">{t("knowledge.synonyms_note")}</p>
        <Words label={t("knowledge.new_list")} start="" field={add} submit={t("knowledge.add")} onSubmit={addWords} />
        {failed ? <Failed error={failed} /> : null}
      </div>
      <div className="synonyms-removed" role="status">
        {removed ? (
          <>
            <span className="grow">{t("knowledge.removed", { words: asTyped(removed) })}</span>
            <button type="button" className="btn btn-small" onClick={() => void takeBack(removed)}>
              <Icon of={Undo2} size={12} />
              {t("knowledge.undo")}
            </button>
          </>
        ) : null}
      </div>
      {lists.length === 0 ? (
        <div className="synonyms-none">
          <p>{t("knowledge.no_synonyms")}</p>
          <p className="muted">{t("knowledge.no_synonyms_more")}</p>
        </div>
      ) : null}
      <ul className="synonyms-lists" aria-labelledby="synonyms-title">
        {lists.map((list) => (
          <li key={list.id}>
            {editing === list.id ? (
              <Words
                label={t("knowledge.words_of", { words: asTyped(list.words) })}
                start={asTyped(list.words)}
                submit={t("knowledge.save")}
                onSubmit={(text) => changeWords(list.id, text)}
                onLeave={() => {
                  setFailed(null);
                  setEditing(null);
                }}
              />
            ) : (
              <>
                <span className="grow synonyms-words">
                  {list.words.map((word, at) => (
                    <span key={word}>
                      {at > 0 ? <i aria-hidden="true"> = </i> : null}
                      <bdi>{word}</bdi>
                    </span>
                  ))}
                </span>
                <button
                  type="button"
                  className="btn-icon"
                  aria-label={t("knowledge.edit", { words: asTyped(list.words) })}
                  onClick={() => {
                    setFailed(null);
                    setEditing(list.id);
                  }}
                >
                  <Icon of={Pencil} size={14} />
                </button>
                <button type="button" className="btn-icon" aria-label={t("knowledge.remove", { words: asTyped(list.words) })} onClick={() => void remove(list)}>
                  <Icon of={Trash2} size={14} />
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

interface WordsProps {
  label: string;
  start: string;
  submit: string;
  field?: RefObject<HTMLInputElement | null>;
  onSubmit: (text: string) => Promise<boolean>;
  /** Leaves it as it was; without it the field is emptied. */
  onLeave?: () => void;
}

function Words({ label, start, submit, field, onSubmit, onLeave }: WordsProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(start);
  const [busy, setBusy] = useState(false);
  const hint = useId();
  const own = useRef<HTMLInputElement>(null);
  const input = field ?? own;
  const changes = onLeave !== undefined;
  useEffect(() => {
    if (changes) input.current?.focus();
  }, [changes, input]);
  const enough = wordsIn(text).length >= 2;
  return (
    <form
      className="words"
      onSubmit={(event) => {
        event.preventDefault();
        if (!enough || busy) return;
        setBusy(true);
        void onSubmit(text).then((done) => {
          setBusy(false);
          if (done && !changes) setText("");
        });
      }}
    >
      <div className="field">
        <input
          ref={input}
          value={text}
          aria-label={label}
          aria-describedby={text !== "" && !enough ? hint : undefined}
          placeholder={t("knowledge.example")}
          onChange={(event) => {
            setText(event.target.value);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            if (onLeave) onLeave();
            else setText("");
          }}
        />
      </div>
      <button type="submit" className="btn" disabled={!enough || busy}>
        {changes ? null : <Icon of={Plus} size={14} />}
        {submit}
      </button>
      {onLeave ? (
        <button type="button" className="btn btn-quiet" onClick={onLeave}>
          {t("common.cancel")}
        </button>
      ) : null}
      {text !== "" && !enough ? (
        <small id={hint} className="muted">
          {t("knowledge.two_words")}
        </small>
      ) : null}
    </form>
  );
}
