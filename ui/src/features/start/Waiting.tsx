import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Progress } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";
import { Frame } from "./Frame";

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

/** `said` is the engine's own account of it, which says what to do as well. */
export function CouldNotOpen({ title, advice, said, foot, onRetry }: { title: string; advice: string; said: string; foot?: ReactNode; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <Frame foot={foot}>
      <h1>{t("start.failed_title")}</h1>
      <div className="tell tell-bad start-refused" role="alert">
        <Icon of={TriangleAlert} />
        <b>{title}</b>
        <Said words={said} open>
          {advice}
        </Said>
        <div className="tell-do">
          <button type="button" className="btn" onClick={onRetry}>
            {t("common.retry")}
          </button>
        </div>
      </div>
    </Frame>
  );
}
