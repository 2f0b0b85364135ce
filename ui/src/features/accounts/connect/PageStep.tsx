import { useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError, PageChoice } from "@/contract/contract";
import { Failed } from "@/backend/Failed";
import { Step, StepFoot } from "./Step";

interface Props {
  titleRef: RefObject<HTMLHeadingElement | null>;
  pages: PageChoice[];
  busy: boolean;
  error: CommandError | null;
  onBack: () => void;
  onPage: (id: string) => void;
}

/** One of the Pages that the token manages. */
export function PageStep({ titleRef, pages, busy, error, onBack, onPage }: Props) {
  const { t } = useTranslation();
  const [page, setPage] = useState(pages.find((each) => each.can_moderate)?.id ?? null);
  return (
    <Step
      titleRef={titleRef}
      title={t("connect.page")}
      lead={t("connect.page_text")}
      onSubmit={() => {
        if (page !== null && !busy) onPage(page);
      }}
      foot={<StepFoot back={t("common.back")} onBack={onBack} next={t("start.connect_button")} busy={busy ? t("start.checking") : null} off={page === null} />}
    >
      <fieldset className="connect-choices">
        <legend className="unseen">{t("connect.page")}</legend>
        {pages.map((each) => (
          <label key={each.id} className="connect-choice" data-off={!each.can_moderate || undefined}>
            <input
              type="radio"
              name="page"
              value={each.id}
              checked={page === each.id}
              disabled={!each.can_moderate || busy}
              onChange={() => {
                setPage(each.id);
              }}
            />
            <span className="grow">
              <b>
                <bdi>{each.name}</bdi>
              </b>
              <small className="muted">{each.can_moderate ? <span className="mono">{each.id}</span> : t("connect.page_off")}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {page === null ? <p className="over">{t("connect.page_none")}</p> : null}
      {error ? <Failed error={error} /> : null}
    </Step>
  );
}
