import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { PlatformIcon } from "@/shared/Icon";
import { CONNECTABLE, type Connectable } from "../standing";
import { Allows } from "./Allows";
import { Step, StepFoot } from "./Step";

interface Props {
  titleRef: RefObject<HTMLHeadingElement | null>;
  platform: Connectable;
  onPlatform: (platform: Connectable) => void;
  onClose: () => void;
  onNext: () => void;
}

/** Whose comments are to be answered. */
export function PlatformStep({ titleRef, platform, onPlatform, onClose, onNext }: Props) {
  const { t } = useTranslation();
  return (
    <Step
      titleRef={titleRef}
      title={t("connect.which")}
      lead={t("connect.which_text")}
      onSubmit={onNext}
      foot={<StepFoot back={t("common.cancel")} onBack={onClose} next={t("connect.next")} />}
    >
      <fieldset className="connect-choices">
        <legend className="unseen">{t("connect.which")}</legend>
        {CONNECTABLE.map((each) => (
          <label key={each} className="connect-choice">
            <input
              type="radio"
              name="platform"
              value={each}
              checked={platform === each}
              onChange={() => {
                onPlatform(each);
              }}
            />
            <PlatformIcon platform={each} size={20} />
            <span className="grow">
              <b>{t(`connect.${each}.name`)}</b>
              <span>{t(`connect.${each}.for`)}</span>
              <small className="muted">{t(`connect.${each}.need`)}</small>
            </span>
            <Allows of={`connect.${each}.can`} />
          </label>
        ))}
      </fieldset>
    </Step>
  );
}
