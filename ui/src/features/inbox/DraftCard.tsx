import { useQuery } from "@tanstack/react-query";
import { Check, ShieldCheck, ShieldQuestionMark, ShieldX, X } from "lucide-react";
import { useEffect, useMemo, useState, useSyncExternalStore, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { CitationView, CommentDetail, CommandError, GuardReport } from "@/contract/contract";
import { useBackend } from "@/backend/context";
import { carrySpan, diffWords, type WordDiff } from "@/shared/diff";
import { Icon } from "@/shared/Icon";
import { confidencePercent, languageName } from "@/shared/time";
import type { DraftDesk } from "./draftDesk";
import { Editor } from "./Editor";
import { fixOne, isPlaced, replacementOf } from "./fixFindings";
import { SourceChip } from "./Sources";
import { CHECKS, findingWords, nameOf, RULES } from "./words";

const CHECK_PAUSE_MS = 250;

export interface DraftState {
  text: string;
  /** Against the AI's words; null when they are untouched or a person wrote all of it. */
  diff: WordDiff | null;
  edited: boolean;
  citations: CitationView[];
  /** Of exactly this text; null while it is being checked. */
  report: GuardReport | null;
  checkFailed: boolean;
  length: number;
  limit: number;
  canApprove: boolean;
}

/** What the guard says of a text as it is being written; a report that is `known` already is not asked for. */
export function useGuard(comment_id: number, text: string, known: GuardReport | null, enabled: boolean): { report: GuardReport | null; failed: boolean } {
  const backend = useBackend();
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(text);
    }, CHECK_PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  const check = useQuery<GuardReport, CommandError>({
    queryKey: ["check_draft", { comment_id, text }],
    queryFn: () => backend.call("check_draft", { comment_id, text }),
    enabled: enabled && known === null && settled === text && text.trim() !== "",
    gcTime: 60_000,
  });
  return { report: known ?? check.data ?? null, failed: check.isError };
}

/** What stands in the editor and what is known about it. */
export function useDraft(detail: CommentDetail | undefined, desk: DraftDesk): DraftState {
  const id = detail?.row.id ?? 0;
  const draft = detail?.draft ?? null;
  const onDesk = useSyncExternalStore(desk.subscribe, () => desk.text(id));
  const text = onDesk ?? draft?.text ?? "";
  const original = draft && draft.origin !== "person" ? (draft.original_text ?? draft.text) : null;

  const known = draft && draft.text === text ? draft.guard : null;
  const { report, failed: checkFailed } = useGuard(id, text, known, detail !== undefined);

  return useMemo(() => {
    const diff = original !== null && original !== text ? diffWords(original, text) : null;
    const cited = draft?.citations ?? [];
    const citations =
      diff === null
        ? original === null && draft?.origin === "person"
          ? []
          : cited
        : cited.flatMap((citation) => {
            const span = carrySpan(citation, diff.parts);
            return span ? [{ ...citation, ...span }] : [];
          });
    const empty = text.trim() === "";
    return {
      text,
      diff,
      edited: onDesk !== undefined || draft?.original_text != null || draft?.origin === "person",
      citations,
      report,
      checkFailed,
      length: report?.length ?? Array.from(text).length,
      limit: report?.limit ?? detail?.max_reply_chars ?? 0,
      canApprove: !empty && (report === null || report.findings.length === 0),
    };
  }, [original, text, draft, onDesk, report, checkFailed, detail?.max_reply_chars]);
}

export function DraftCard({
  detail,
  state,
  desk,
  editorRef,
  onApprove,
  onLeave,
  onDiscard,
}: {
  detail: CommentDetail;
  state: DraftState;
  desk: DraftDesk;
  editorRef: RefObject<HTMLTextAreaElement | null>;
  onApprove: () => void;
  onLeave: () => void;
  onDiscard: () => void;
}) {
  const { t, i18n } = useTranslation();
  const id = detail.row.id;
  const { draft } = detail;
  const saving = useSyncExternalStore(desk.subscribe, () => desk.state(id));
  const sources = draft?.sources ?? [];
  const numbers = new Map(sources.map((source, at) => [source.id, at + 1]));
  const findings = state.report?.findings ?? [];
  const [focused, setFocused] = useState(false);
  const confidence = draft && draft.origin !== "person" ? confidencePercent(draft.confidence) : null;
  const origin = !draft || draft.origin === "person" ? t("draft.by_person") : state.diff ? t("draft.edited") : t("draft.by", { origin: draft.origin });
  const language = draft?.language ?? detail.row.language;
  const change = (text: string) => {
    desk.write(id, text);
  };
  return (
    <>
      <section className="draft" data-editing={focused || undefined} data-stopped={findings.length > 0 || undefined} aria-label={t("draft.title")}>
        <header>
          <b>{t("draft.title")}</b>
          <span className="muted clip draft-origin">{origin}</span>
          <span className="grow" />
          {confidence === null ? null : (
            <>
              <span className="muted">{t("draft.confidence")}</span>
              <b>{confidence}</b>
              <span className="meter" aria-hidden="true">
                <i style={{ width: `${String(confidence)}%` }} />
              </span>
            </>
          )}
        </header>
        <Editor
          key={id}
          name={nameOf(detail.row)}
          text={state.text}
          language={language}
          citations={state.citations}
          sourceNumbers={numbers}
          findings={findings.filter((finding) => finding.end > finding.start)}
          editorRef={editorRef}
          onChange={change}
          onFocus={() => {
            setFocused(true);
          }}
          onBlur={() => {
            setFocused(false);
            void desk.flush(id);
          }}
          onApprove={onApprove}
          onLeave={onLeave}
        />
        {sources.length > 0 ? (
          <div className="sources">
            {sources.map((source, at) => (
              <SourceChip
                key={source.id}
                source={source}
                number={at + 1}
                passages={draft?.citations
                  .filter((citation) => citation.source_id === source.id)
                  .map((citation) => (draft.original_text ?? draft.text).slice(citation.start, citation.end))}
              />
            ))}
          </div>
        ) : null}
        <Findings state={state} onUse={change} />
        <footer>
          <GuardWord state={state} />
          <span className="grow" />
          <span className="muted" role="status" data-save={saving}>
            {saving === "failed" ? t("draft.not_saved") : saving === "saving" ? t("draft.saving") : ""}
          </span>
          <span className="muted draft-language">{languageName(language, i18n.language) ?? ""}</span>
          <span className={state.length > state.limit && state.limit > 0 ? "over" : "muted"} data-testid="length">
            <span aria-hidden="true">{t("draft.length", { length: state.length, limit: state.limit })}</span>
            <span className="unseen">{t("draft.length_label", { length: state.length, limit: state.limit })}</span>
          </span>
        </footer>
        <Checks state={state} />
      </section>
      {state.diff ? <EditDiff diff={state.diff} origin={draft?.origin ?? ""} onDiscard={onDiscard} language={language} /> : null}
    </>
  );
}

export function GuardWord({ state }: { state: Pick<DraftState, "text" | "report" | "checkFailed"> }) {
  const { t } = useTranslation();
  const { report, text, checkFailed } = state;
  if (text.trim() === "") return <span className="muted">{t("draft.no_text")}</span>;
  if (!report) {
    return (
      <span className="guard muted" data-testid="guard" data-guard={checkFailed ? "unchecked" : "checking"}>
        <Icon of={ShieldQuestionMark} size={14} />
        {t(checkFailed ? "guard.unchecked" : "guard.checking")}
      </span>
    );
  }
  // The findings above say it.
  if (report.findings.length > 0) return null;
  return (
    <span className="guard" data-testid="guard" data-guard="passed">
      <Icon of={ShieldCheck} size={14} />
      <b>{t("guard.passed")}</b>
      <span className="muted clip">
        {t("guard.checks", { count: report.checks })}
        {report.claims_sourced > 0 ? `, ${t("guard.claims", { count: report.claims_sourced })}` : ""}
      </span>
    </span>
  );
}

/** Each check by name, where there is room. Only while the engine runs exactly the rules that have words here. */
function Checks({ state: { report, text } }: { state: DraftState }) {
  const { t } = useTranslation();
  if (!report || report.checks !== RULES.size || text.trim() === "") return null;
  const failed = new Set(report.findings.map((finding) => finding.rule));
  return (
    <ul className="guard-checks" aria-label={t("guard.list")}>
      {Object.entries(CHECKS).map(([name, rules]) => {
        const bad = rules.some((rule) => failed.has(rule));
        return (
          <li key={name} data-bad={bad || undefined}>
            <Icon of={bad ? X : Check} size={12} />
            {t(`guard.check.${name}`)}
            {bad ? <span className="unseen">{t("guard.check_failed")}</span> : null}
          </li>
        );
      })}
    </ul>
  );
}

export function Findings({ state, onUse }: { state: Pick<DraftState, "text" | "report">; onUse: (text: string) => void }) {
  const { t } = useTranslation();
  const findings = state.report?.findings ?? [];
  if (findings.length === 0 || state.text.trim() === "") return null;
  let number = 0;
  return (
    <div className="findings">
      <p className="findings-head" role="status" data-testid="guard" data-guard="stopped">
        <Icon of={ShieldX} size={14} />
        <b>{t("guard.stopped")}</b>
        <span className="muted">{t("guard.stopped_text", { count: findings.length })}</span>
      </p>
      <ul>
        {findings.map((finding, at) => {
          const placed = isPlaced(finding);
          if (placed) number += 1;
          const words = replacementOf(finding);
          return (
            <li key={at}>
              {placed ? <b className="finding-number">{number}</b> : <span />}
              <div className="grow">
                <p>{findingWords(t, finding)}</p>
                {finding.source_says === null ? null : <small className="muted">{t("guard.says", { text: finding.source_says })}</small>}
              </div>
              {placed ? (
                <button
                  type="button"
                  className="btn btn-small"
                  onClick={() => {
                    onUse(fixOne(state.text, finding));
                  }}
                >
                  {words === "" ? t("guard.remove") : t("guard.use", { text: words })}
                </button>
              ) : null}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function EditDiff({ diff, origin, onDiscard, language }: { diff: WordDiff; origin: string; onDiscard: () => void; language: string }) {
  const { t } = useTranslation();
  return (
    <section className="edit-diff" aria-label={t("draft.your_edit")}>
      <header>
        <b>{t("draft.your_edit")}</b>
        <span className="muted clip">
          {t("draft.places", { count: diff.places })}, {t("draft.share", { count: Math.round(diff.share * 100) })} · {t("draft.by", { origin })}
        </span>
        <span className="grow" />
        <button type="button" className="btn btn-quiet btn-small" data-testid="back-to-ai" onClick={onDiscard}>
          {t("draft.back_to_ai")}
        </button>
      </header>
      <p lang={language === "und" ? "" : language} dir="auto">
        {diff.parts.map((part, at) =>
          part.kind === "same" ? <span key={at}>{part.text}</span> : part.kind === "added" ? <ins key={at}>{part.text}</ins> : <del key={at}>{part.text}</del>,
        )}
      </p>
    </section>
  );
}
