import { ArrowLeft, Check, X } from "lucide-react";
import { useLayoutEffect, useRef, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { SecretBackend } from "@/contract/contract";
import { Icon, PlatformIcon } from "@/shared/Icon";
import { CONNECTABLE, type Connectable } from "../standing";
import { Done, Missing } from "./Outcome";
import { PageStep } from "./PageStep";
import { SignInStep } from "./SignInStep";
import { Step } from "./Step";
import type { Connecting, Place } from "./useConnecting";
import "./connect.css";

interface Props {
  connecting: Connecting;
  secrets: SecretBackend;
  /** Where the way back leads, in words. */
  back: string;
  onSecrets: () => void;
  /** With the account that was connected, when one was. */
  onClose: (account: number | null) => void;
}

/** One question at a time, as far as `connecting` has come. */
export function Connect(props: Props) {
  // Asked for anew, it starts anew.
  return props.connecting.flow ? <Steps key={JSON.stringify(props.connecting.flow.ask)} {...props} flow={props.connecting.flow} /> : null;
}

function Steps({ connecting, flow, secrets, back, onSecrets, onClose }: Props & { flow: NonNullable<Connecting["flow"]> }) {
  const { t } = useTranslation();
  const { ask, platform, place, typed, busy, error } = flow;
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (place.at !== "sign_in") title.current?.focus();
  }, [place.at]);
  const close = () => {
    onClose(null);
  };

  const name = t(`platform.${platform}`);
  const heading = ask.again ? t("connect.again", { name: ask.again }) : place.at === "platform" ? t("connect.title") : t("connect.title_of", { platform: name });
  const body = () => {
    switch (place.at) {
      case "platform":
        return (
          <PlatformStep
            titleRef={title}
            platform={platform}
            onPlatform={connecting.pick}
            onClose={close}
            onNext={() => {
              connecting.goTo({ at: "sign_in" });
            }}
          />
        );
      case "sign_in":
        return (
          <SignInStep
            platform={platform}
            typed={typed}
            secrets={secrets}
            busy={busy}
            cancelled={place.cancelled ?? false}
            error={error}
            onTyped={connecting.type}
            onSecrets={onSecrets}
            onCancel={connecting.cancel}
            onBack={
              ask.platform
                ? close
                : () => {
                    connecting.goTo({ at: "platform" });
                  }
            }
            onSubmit={() => {
              connecting.submit(null);
            }}
          />
        );
      case "page":
        return <PageStep titleRef={title} pages={place.pages} busy={busy} error={error} onBack={connecting.again} onPage={connecting.submit} />;
      case "missing":
        return <Missing titleRef={title} platform={platform} permissions={place.permissions} onClose={close} onAgain={connecting.again} />;
      case "done":
        return (
          <Done
            titleRef={title}
            platform={platform}
            account={place.account}
            permissions={place.permissions}
            onAgain={connecting.again}
            onClose={() => {
              onClose(place.account);
            }}
          />
        );
    }
  };
  return (
    <main className="screen connect" data-testid="connect">
      <div className="bar">
        <button type="button" className="btn-icon" aria-label={back} onClick={close}>
          <Icon of={ArrowLeft} />
        </button>
        <h1 data-focus-home tabIndex={-1}>
          {heading}
        </h1>
      </div>
      <div className="connect-columns">
        <Progress place={place} platform={platform} fixed={ask.platform !== null} />
        {body()}
      </div>
    </main>
  );
}

function Progress({ place, platform, fixed }: { place: Place; platform: Connectable; fixed: boolean }) {
  const { t } = useTranslation();
  const chosen = fixed || place.at !== "platform";
  const steps: { at: string; word: string; under: string }[] = [
    { at: "platform", word: t("connect.step.platform"), under: chosen ? t(`platform.${platform}`) : t("connect.step.platform_text") },
    { at: "sign_in", word: t("connect.step.sign_in"), under: t(`connect.step.sign_in_${platform}`) },
    ...(platform === "facebook" && chosen ? [{ at: "page", word: t("connect.step.page"), under: t("connect.step.page_text") }] : []),
    { at: "done", word: t("connect.step.check"), under: t("connect.step.check_text") },
  ];
  const here = steps.findIndex((step) => step.at === (place.at === "missing" ? "done" : place.at));
  return (
    <ol className="connect-steps" aria-label={t("connect.steps")}>
      {steps.map((step, at) => {
        const state = at < here || (at === here && place.at === "done") ? "done" : at === here ? (place.at === "missing" ? "bad" : "here") : "later";
        return (
          <li key={step.at} data-state={state} aria-current={at === here ? "step" : undefined}>
            <i aria-hidden="true">{state === "done" ? <Icon of={Check} size={12} /> : state === "bad" ? <Icon of={X} size={12} /> : at + 1}</i>
            <b>{step.word}</b>
            <small>{step.under}</small>
          </li>
        );
      })}
    </ol>
  );
}

interface PlatformProps {
  titleRef: RefObject<HTMLHeadingElement | null>;
  platform: Connectable;
  onPlatform: (platform: Connectable) => void;
  onClose: () => void;
  onNext: () => void;
}

function PlatformStep({ titleRef, platform, onPlatform, onClose, onNext }: PlatformProps) {
  const { t } = useTranslation();
  return (
    <Step
      titleRef={titleRef}
      title={t("connect.which")}
      lead={t("connect.which_text")}
      onSubmit={onNext}
      foot={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t("common.cancel")}
          </button>
          <span className="grow" />
          <button type="submit" className="btn btn-primary">
            {t("connect.next")} <kbd>⏎</kbd>
          </button>
        </>
      }
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
            <ul aria-label={t("connect.allows")}>
              {(t(`connect.${each}.can`, { returnObjects: true }) as string[]).map((word) => (
                <li key={word}>
                  <Icon of={Check} size={12} />
                  {word}
                </li>
              ))}
            </ul>
          </label>
        ))}
      </fieldset>
    </Step>
  );
}
