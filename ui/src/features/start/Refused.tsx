import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CommandError } from "@/contract/contract";
import { failureOf } from "@/backend/failure";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";

export function Refused({ error }: { error: CommandError }) {
  const { t } = useTranslation();
  const failure = failureOf(error);
  return (
    <div className={`tell tell-${failure.severity} start-refused`} role="alert">
      <Icon of={TriangleAlert} />
      <b>{t(failure.title)}</b>
      <Said words={error.message} open={failure.tells}>
        {t(failure.advice)}
      </Said>
    </div>
  );
}
