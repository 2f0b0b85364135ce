import { TriangleAlert } from "lucide-react";
import { Switch } from "radix-ui";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, PostDetail } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { Failed } from "@/backend/Failed";
import { Icon } from "@/shared/Icon";
import type { PostAct } from "./usePostActs";

interface Props {
  detail: PostDetail;
  act: PostAct;
  /** What says why it cannot be switched now. */
  why: string | undefined;
  /** Whether people may comment no longer is asked. */
  asking: boolean;
  onAsking: (asking: boolean) => void;
  onSwitched: (words: string) => void;
}

/** Switching off is asked about in place; the platform answers after up to a few seconds. */
export function PostSwitch({ detail, act, why, asking, onAsking, onSwitched }: Props) {
  const { t } = useTranslation();
  const name = useId();
  const question = useId();
  const controls = useRef<HTMLSpanElement>(null);
  const no = useRef<HTMLButtonElement>(null);
  const [going, setGoing] = useState<boolean | null>(null);
  const [failed, setFailed] = useState<{ error: CommandError; on: boolean } | null>(null);
  const { comments_enabled: enabled } = detail;
  const known = enabled !== null;
  const off = why !== undefined || going !== null;

  // The question takes the focus, and gives it back to what asked it.
  const before = useRef({ asking, known });
  useEffect(() => {
    const changed = before.current.asking !== asking || before.current.known !== known;
    before.current = { asking, known };
    if (!changed) return;
    if (asking) no.current?.focus();
    else controls.current?.querySelector("button")?.focus();
  }, [asking, known]);

  const run = async (on: boolean) => {
    controls.current?.querySelector("button")?.focus();
    onAsking(false);
    setFailed(null);
    setGoing(on);
    try {
      await act("set_post_comments", { post_id: detail.post.id, enabled: on });
      onSwitched(t(on ? "post.switched_on" : "post.switched_off"));
    } catch (thrown) {
      setFailed({ error: toCommandError(thrown), on });
    } finally {
      setGoing(null);
    }
  };
  const want = (on: boolean) => {
    if (off) return;
    setFailed(null);
    if (on) void run(true);
    else onAsking(true);
  };

  return (
    <section className="post-switch" aria-labelledby={name} data-testid="post-switch">
      <div className="post-switch-line">
        <h3 className="grow" id={name}>
          {t("post.switch")}
        </h3>
        <span className="muted nowrap" role="status" data-testid="post-switch-state">
          {going === null ? t(known ? (enabled ? "post.on" : "post.off") : "post.unsure") : t(going ? "post.turning_on" : "post.turning_off")}
        </span>
        {going === null ? null : <span className="spinner" />}
        <span ref={controls} className="post-switch-controls">
          {known ? (
            <Switch.Root
              className="switch"
              aria-labelledby={name}
              aria-describedby={why}
              aria-disabled={off}
              checked={enabled}
              onCheckedChange={want}
            >
              <Switch.Thumb asChild>
                <span />
              </Switch.Thumb>
            </Switch.Root>
          ) : (
            [true, false].map((on) => (
              <button
                key={String(on)}
                type="button"
                className="btn btn-small"
                aria-describedby={why}
                aria-disabled={off}
                onClick={() => {
                  want(on);
                }}
              >
                {t(on ? "post.turn_on" : "post.turn_off")}
              </button>
            ))
          )}
        </span>
      </div>
      {asking ? (
        <div className="tell tell-warn" role="group" aria-labelledby={question} data-testid="post-switch-ask">
          <Icon of={TriangleAlert} />
          <b id={question}>{t("post.ask_off")}</b>
          <div className="tell-do">
            <button
              ref={no}
              type="button"
              className="btn btn-small"
              aria-describedby={question}
              onClick={() => {
                onAsking(false);
              }}
            >
              {t("common.cancel")}
            </button>
            <button type="button" className="btn btn-small btn-danger" data-testid="post-switch-off" onClick={() => void run(false)}>
              {t("post.turn_off")}
            </button>
          </div>
        </div>
      ) : null}
      {failed ? <Failed error={failed.error} advice={t("post.switch_failed")} onRetry={() => void run(failed.on)} /> : null}
    </section>
  );
}
