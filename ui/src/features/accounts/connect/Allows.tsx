import { Check } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/shared/Icon";

/** What a choice allows; `of` is the key of the words. */
export function Allows({ of }: { of: string }) {
  const { t } = useTranslation();
  return (
    <ul aria-label={t("connect.allows")}>
      {(t(of, { returnObjects: true }) as string[]).map((word) => (
        <li key={word}>
          <Icon of={Check} size={12} />
          {word}
        </li>
      ))}
    </ul>
  );
}
