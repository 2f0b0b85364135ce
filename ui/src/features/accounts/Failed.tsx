import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError } from "@/contract/contract";
import { failureOf } from "@/backend/failure";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";

/** What was refused, in the window's words and the engine's; `children` are the buttons that help. */
export function Failed({ error, advice, children }: { error: CommandError; /** Where the place knows better what helps. */ advice?: string; children?: ReactNode }) {
  const { t } = useTranslation();
  const failure = failureOf(error);
  return (
    <div className={`tell tell-${failure.severity}`} role="alert">
      <Icon of={TriangleAlert} />
      <b>{t(failure.title)}</b>
      <Said words={error.message} open={failure.tells ?? false}>
        {advice ?? t(failure.advice)}
      </Said>
      {children ? <div className="tell-do">{children}</div> : null}
    </div>
  );
}
