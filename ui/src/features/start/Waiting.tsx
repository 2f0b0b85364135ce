import { TriangleAlert } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, Progress } from "@/contract/contract";
import { toCommandError } from "@/backend/backend";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { Frame } from "./Frame";
import { Refused } from "./Refused";

/** `step` is the engine's name of what it is doing; `null` before it has said anything. */
export function Opening({ step, progress }: { step: string | null; progress: Progress | null }) {
  const { t } = useTranslation();
  const share = progress?.total ? Math.min(1, progress.done / progress.total) : null;
  const words = step === null ? t("start.step.other") : t(`start.step.${step}`, { defaultValue: t("start.step.other") });
  return (
    <Frame>
      <h1>{t("start.opening")}</h1>
      <p className="start-lead">{t("start.opening_text")}</p>
      <div className="start-progress" role="progressbar" aria-label={words} {...(share === null ? {} : { "aria-valuenow": Math.round(share * 100), "aria-valuemin": 0, "aria-valuemax": 100 })}>
        <i data-unknown={share === null || undefined} style={share === null ? undefined : { width: `${String(share * 100)}%` }} />
      </div>
      <p className="muted" role="status">
        {words}
        {progress?.total ? ` · ${String(progress.done)} / ${String(progress.total)}` : ""}
      </p>
    </Frame>
  );
}

/** `said` is the engine's own account of it, which says what to do as well. A refused try says so here. */
export function CouldNotOpen({
  title,
  advice,
  said,
  foot,
  onRetry,
  onElsewhere,
}: {
  title: string;
  advice: string;
  said: string;
  foot?: ReactNode;
  onRetry: () => Promise<void>;
  /** Leads to the choice of another workspace. */
  onElsewhere?: () => void;
}) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CommandError | null>(null);
  const retry = async () => {
    setBusy(true);
    setError(null);
    try {
      await onRetry();
    } catch (thrown) {
      setError(toCommandError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Frame foot={foot}>
      <h1>{t("start.failed_title")}</h1>
      <div className="tell tell-bad start-refused" role="alert">
        <Icon of={TriangleAlert} />
        <b>{title}</b>
        <Said words={said} open>
          {advice}
        </Said>
      </div>
      {error ? <Refused error={error} /> : null}
      <div className="start-do">
        <button type="button" className="btn btn-primary" data-testid="reopen" autoFocus disabled={busy} onClick={() => void retry()}>
          {t("common.retry")}
        </button>
        {onElsewhere ? (
          <button type="button" className="btn" data-testid="elsewhere" disabled={busy} onClick={onElsewhere}>
            {t("start.elsewhere")}
          </button>
        ) : null}
        {busy ? (
          <span className="muted start-busy" role="status">
            <span className="spinner" />
            {t("start.opening")}
          </span>
        ) : null}
      </div>
      {onElsewhere ? <p className="start-note muted">{t("start.elsewhere_text")}</p> : null}
    </Frame>
  );
}
