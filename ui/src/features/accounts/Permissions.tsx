import { Check, CircleHelp, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { PermissionView } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { permissionName } from "./standing";

/** Every permission by what it is for; a missing one says what cannot be done without it. */
export function Permissions({ of, action }: { of: PermissionView[]; action?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <ul className="permissions" aria-label={t("account.permissions")}>
      {of.map((each) => (
        <li key={`${each.name} ${each.needed_for}`} data-granted={each.granted}>
          <Icon of={each.granted === "yes" ? Check : each.granted === "no" ? X : CircleHelp} size={14} />
          <span className="grow">
            <b>{t(`account.need.${each.needed_for}`, { defaultValue: each.needed_for })}</b>
            {each.granted === "no" ? <small>{t(each.vital ? "account.without.vital" : `account.without.${each.needed_for}`, { defaultValue: t("account.without.other") })}</small> : null}
          </span>
          <span className="permission-name">
            <span className="mono">{permissionName(each.name)}</span>
            {/* A tick says it to the eye. */}
            <small className={each.granted === "yes" ? "unseen" : "muted"}>{t(`account.granted.${each.granted}`)}</small>
          </span>
          {each.granted === "no" ? action : null}
        </li>
      ))}
    </ul>
  );
}
