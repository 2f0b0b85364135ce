import { Check, Minus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CapabilitiesView } from "@/contract/contract";
import { Icon } from "@/shared/Icon";

/** What the platform lets an account do, in words. */
export function Capabilities({ of }: { of: CapabilitiesView }) {
  const { t } = useTranslation();
  const removal = of.can_delete_others;
  const lines: [boolean, string][] = [
    [true, t("account.can.reply", { count: of.reply_max_chars })],
    [true, t(`account.can.to_${of.replies_to}`)],
    [of.can_hide !== null, of.can_hide === null ? t("account.can.no_hide") : t(of.can_hide.undoable ? "account.can.hide" : "account.can.hide_for_good")],
    [removal.by !== "none", t(removal.by === "reject" ? (removal.irreversible ? "account.can.reject_for_good" : "account.can.reject") : removal.by === "delete" ? "account.can.delete" : "account.can.no_delete")],
    [of.can_ban, t(of.can_ban ? "account.can.ban" : "account.can.no_ban")],
    [of.can_private_reply, t(of.can_private_reply ? "account.can.private" : "account.can.no_private")],
    [of.can_edit_own_reply, t(of.can_edit_own_reply ? "account.can.edit" : "account.can.no_edit")],
    ...(of.can_switch_comments ? [[true, t("account.can.switch")] as [boolean, string]] : []),
    ...(of.holds_for_review ? [[true, t("account.can.holds")] as [boolean, string]] : []),
    ...(of.arrival === "told" ? [[false, t("account.can.told")] as [boolean, string]] : []),
    ...(of.notices_deletions ? [] : [[false, t("account.can.no_deletions")] as [boolean, string]]),
    ...(of.can_look_again ? [] : [[false, t("account.can.no_looking")] as [boolean, string]]),
  ];
  return (
    <ul className="capabilities">
      {lines.map(([can, words]) => (
        <li key={words} data-can={can}>
          <Icon of={can ? Check : Minus} size={14} />
          {words}
        </li>
      ))}
    </ul>
  );
}
