import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Progress } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { Frame } from "./Frame";

export function Opening({ step, progress }: { step: string; progress: Progress | null }) {
  const { t } = useTranslation();
  const share = progress?.total ? Math.min(1, progress.done / progress.total) : null;
  return (
    <Frame>
      <h1>{t("start.opening")}</h1>
      <p className="start-lead">{t("start.opening_text")}</p>
      <div className="start-progress" role="progressbar" aria-label={step} {...(share === null ? {} : { "aria-valuenow": Math.round(share * 100), "aria-valuemin": 0, "aria-valuemax": 100 })}>
        <i data-unknown={share === null || undefined} style={share === null ? undefined : { width: `${String(share * 100)}%` }} />
      </div>
      <p className="muted" role="status">
        {step}
        {progress?.total ? ` · ${String(progress.done)} / ${String(progress.total)}` : ""}
      </p>
    </Frame>
  );
}

export function CouldNotOpen({ message, advice, foot, onRetry }: { message: string; advice: string; foot?: ReactNode; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <Frame foot={foot}>
      <h1>{t("start.failed_title")}</h1>
      <div className="tell tell-bad start-refused" role="alert">
        <Icon of={TriangleAlert} />
        <b>{message}</b>
        <p>{advice}</p>
        <div className="tell-do">
          <button type="button" className="btn" onClick={onRetry}>
            {t("common.retry")}
          </button>
        </div>
      </div>
    </Frame>
  );
}
