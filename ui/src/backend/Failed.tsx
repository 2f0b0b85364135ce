import { RefreshCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError } from "@/contract/contract";
import { failureOf } from "./failure";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";

interface Props {
  error: CommandError;
  /** Where the place knows better what helps. */
  advice?: string;
  /** Offers to try once more. */
  onRetry?: () => void;
  /** Other buttons that help. */
  children?: ReactNode;
}

/** What was refused, in the window's words and the engine's. */
export function Failed({ error, advice, onRetry, children }: Props) {
  const { t } = useTranslation();
  const failure = failureOf(error);
  return (
    <div className={`tell tell-${failure.severity}`} role="alert">
      <Icon of={TriangleAlert} />
      <b>{t(failure.title)}</b>
      <Said words={error.message} open={failure.tells ?? false}>
        {advice ?? t(failure.advice)}
      </Said>
      {onRetry || children ? (
        <div className="tell-do">
          {onRetry ? (
            <button type="button" className="btn btn-small" onClick={onRetry}>
              <Icon of={RefreshCw} size={12} />
              {t("common.retry")}
            </button>
          ) : null}
          {children}
        </div>
      ) : null}
    </div>
  );
}
