import { Copy } from "lucide-react";
import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { Icon } from "@/shared/Icon";
import type { Way } from "./ways";

/** Where the person works while reading the steps. */
export const ADDRESS: Record<Way, string> = {
  instagram_token: "https://developers.facebook.com/apps",
  instagram_code: "https://developers.facebook.com/apps",
  instagram_page: "https://developers.facebook.com/tools/explorer",
  facebook_token: "https://developers.facebook.com/tools/explorer",
  youtube: "https://console.cloud.google.com",
  telegram: "https://t.me/BotFather",
};

/** What to click at Meta, Google or Telegram, in order; the words in bold are those on their pages. `of` is their key. */
export function Guide({ of, address }: { of: string; address?: string }) {
  const { t } = useTranslation();
  const steps = t(of, { returnObjects: true }) as string[];
  return (
    <ol className="connect-guide">
      {steps.map((step, at) => (
        <li key={step}>
          <span>
            <Trans defaults={step} components={{ b: <b /> }} />
            {address && at === 0 ? <Address address={address} /> : null}
          </span>
        </li>
      ))}
    </ol>
  );
}

export function Address({ address }: { address: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <span className="connect-address">
      <span className="mono" title={address}>
        {address.replace("https://", "")}
      </span>
      <button
        type="button"
        className="btn btn-quiet btn-small"
        aria-label={t("connect.copy_address", { address })}
        onClick={() =>
          void navigator.clipboard.writeText(address).then(
            () => {
              setCopied(true);
            },
            // The address stands beside the button, to be typed.
            () => undefined,
          )
        }
      >
        {copied ? <span role="status">{t("common.copied")}</span> : <Icon of={Copy} size={12} />}
      </button>
    </span>
  );
}
