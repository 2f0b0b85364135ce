import { Clock } from "lucide-react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/shared/Icon";
import { Allows } from "./Allows";
import { Step, StepFoot } from "./Step";
import type { Way } from "./ways";

interface Props {
  titleRef: RefObject<HTMLHeadingElement | null>;
  ways: readonly Way[];
  way: Way;
  onWay: (way: Way) => void;
  onBack: () => void;
  onNext: () => void;
}

/** How to sign in, where there is more than one way; the first is recommended. */
export function WayStep({ titleRef, ways, way, onWay, onBack, onNext }: Props) {
  const { t } = useTranslation();
  return (
    <Step
      titleRef={titleRef}
      title={t("connect.way.which")}
      lead={t("connect.way.which_text")}
      onSubmit={onNext}
      foot={<StepFoot back={t("common.back")} onBack={onBack} next={t("connect.next")} />}
    >
      <fieldset className="connect-choices">
        <legend className="unseen">{t("connect.way.which")}</legend>
        {ways.map((each, at) => (
          <label key={each} className="connect-choice">
            <input
              type="radio"
              name="way"
              value={each}
              checked={way === each}
              onChange={() => {
                onWay(each);
              }}
            />
            <span className="grow">
              <b>
                {t(`connect.way.${each}.name`)}
                {at === 0 ? <span className="connect-best">{t("connect.way.best")}</span> : null}
              </b>
              <span>{t(`connect.way.${each}.for`)}</span>
              <small className="muted">
                <Icon of={Clock} size={12} /> {t(`connect.way.${each}.need`)}
              </small>
            </span>
            <Allows of={`connect.way.${each}.can`} />
          </label>
        ))}
      </fieldset>
    </Step>
  );
}
