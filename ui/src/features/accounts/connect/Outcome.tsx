import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { PermissionView } from "@/contract/contract";
import { useCommand } from "@/backend/queries";
import { Permissions } from "../Permissions";
import { missingOf } from "../standing";
import { Guide } from "./Guide";
import { Step, StepFoot } from "./Step";
import { WORDS, type Way } from "./ways";

interface Props {
  titleRef: RefObject<HTMLHeadingElement | null>;
  way: Way;
  permissions: PermissionView[];
  onClose: () => void;
  onAgain: () => void;
}

/** Nothing was kept: what is missing, and how it is allowed. */
export function Missing({ titleRef, way, permissions, onClose, onAgain }: Props) {
  const { t } = useTranslation();
  return (
    <Step
      titleRef={titleRef}
      title={t("connect.missing", { count: missingOf(permissions).length })}
      lead={t("connect.missing_text")}
      onSubmit={onAgain}
      foot={<StepFoot back={t("common.cancel")} onBack={onClose} next={t("connect.try_again")} />}
    >
      <Permissions of={permissions} />
      <h3>{t("connect.what_to_do")}</h3>
      <Guide of={`connect.${WORDS[way]}.fix`} />
    </Step>
  );
}

/** Connected: what was allowed, and what happens now. */
export function Done({ titleRef, way, account, permissions, onClose, onAgain }: Props & { account: number }) {
  const { t } = useTranslation();
  const accounts = useCommand("list_accounts", null);
  const name = accounts.data?.accounts.find((each) => each.id === account)?.name;
  const missing = missingOf(permissions).length;
  return (
    <Step
      titleRef={titleRef}
      title={name ? t("connect.done", { name }) : t("connect.done_plain")}
      lead={t("connect.done_text")}
      onSubmit={onClose}
      foot={<StepFoot back={missing > 0 ? t("connect.try_again") : null} onBack={onAgain} next={t("connect.show_account")} />}
    >
      <Permissions of={permissions} />
      {missing > 0 ? (
        <>
          <h3>{t("connect.fix_later")}</h3>
          <Guide of={`connect.${WORDS[way]}.fix`} />
        </>
      ) : null}
      <h3>{t("connect.now")}</h3>
      <ul className="connect-now">
        {(t(way === "telegram" ? "connect.now_list_told" : "connect.now_list", { returnObjects: true }) as string[]).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
    </Step>
  );
}
