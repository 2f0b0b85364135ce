import { OctagonX, TriangleAlert, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AppState } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import { Said } from "@/shared/Said";

/**
 * What concerns the whole app, above every page. Trouble stays as long as it lasts: all work stands still. The
 * settings' fault can be put aside, it is in the settings as well.
 */
export function Banners({ state: { trouble, settings_error } }: { state: AppState }) {
  const { t } = useTranslation();
  const [aside, setAside] = useState<string | null>(null);
  return (
    <>
      {trouble ? (
        <section className="banner" data-tone="bad" role="alert" data-testid="banner-trouble">
          <Icon of={OctagonX} size={18} />
          <div className="banner-words">
            <b>{t("banner.trouble")}</b>{" "}
            <Said words={trouble} open>
              {t("banner.trouble_text")} {t("banner.trouble_do")}
            </Said>
          </div>
        </section>
      ) : null}
      {settings_error && settings_error !== aside ? (
        <section className="banner" data-tone="warn" role="status" data-testid="banner-settings">
          <Icon of={TriangleAlert} size={18} />
          <div className="banner-words">
            <b>{t("banner.settings")}</b>{" "}
            <Said words={settings_error}>
              {t("banner.settings_text")} {t("banner.settings_do")}
            </Said>
          </div>
          <button
            type="button"
            className="btn-icon"
            aria-label={t("common.dismiss")}
            onClick={() => {
              setAside(settings_error);
            }}
          >
            <Icon of={X} />
          </button>
        </section>
      ) : null}
    </>
  );
}
