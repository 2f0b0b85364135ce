import { ArrowLeft, Check, X } from "lucide-react";
import { useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { SecretBackend } from "@/contract/contract";
import { Icon } from "@/shared/Icon";
import type { Connectable } from "../standing";
import { AppStep } from "./AppStep";
import { Done, Missing } from "./Outcome";
import { PageStep } from "./PageStep";
import { PlatformStep } from "./PlatformStep";
import { SignInStep } from "./SignInStep";
import { firstOf, type Connecting, type Place } from "./useConnecting";
import { WayStep } from "./WayStep";
import { asksWay, hasPages, WAYS, type Way } from "./ways";
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
  const { ask, platform, way, place, typed, signInAt, busy, error } = flow;
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (!hasField(place)) title.current?.focus();
  }, [place]);
  const close = () => {
    onClose(null);
  };

  const name = t(`platform.${platform}`);
  const heading = ask.again ? t("connect.again", { name: ask.again }) : place.at === "platform" ? t("connect.title") : t("connect.title_of", { platform: name });
  const beforeAccess = () => {
    if (ask.platform) close();
    else connecting.goTo({ at: "platform" });
  };
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
              connecting.goTo(firstOf(platform));
            }}
          />
        );
      case "way":
        return (
          <WayStep
            titleRef={title}
            ways={WAYS[platform]}
            way={way}
            onWay={connecting.pickWay}
            onBack={beforeAccess}
            onNext={() => {
              connecting.goTo(way === "instagram_code" ? { at: "app", part: "app_id" } : { at: "sign_in" });
            }}
          />
        );
      case "app":
        return (
          <AppStep
            key={place.part}
            titleRef={title}
            part={place.part}
            typed={typed}
            signInAt={signInAt}
            secrets={secrets}
            busy={busy}
            error={error}
            onTyped={connecting.type}
            onPart={(part) => {
              connecting.goTo(part ? { at: "app", part } : { at: "way" });
            }}
            onOpen={connecting.openSignIn}
            onSecrets={onSecrets}
            onSubmit={() => {
              connecting.submit(null);
            }}
          />
        );
      case "sign_in":
        return (
          <SignInStep
            way={way}
            typed={typed}
            secrets={secrets}
            busy={busy}
            cancelled={place.cancelled ?? false}
            error={error}
            onTyped={connecting.type}
            onSecrets={onSecrets}
            onCancel={connecting.cancel}
            onBack={
              asksWay(platform)
                ? () => {
                    connecting.goTo({ at: "way" });
                  }
                : beforeAccess
            }
            onSubmit={() => {
              connecting.submit(null);
            }}
          />
        );
      case "page":
        return <PageStep titleRef={title} pages={place.pages} busy={busy} error={error} onBack={connecting.again} onPage={connecting.submit} />;
      case "missing":
        return <Missing titleRef={title} way={way} permissions={place.permissions} onClose={close} onAgain={connecting.again} />;
      case "done":
        return (
          <Done
            titleRef={title}
            way={way}
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
        <Progress place={place} platform={platform} way={way} fixed={ask.platform !== null} />
        {body()}
      </div>
    </main>
  );
}

/** Such a step gives its field the focus by itself. */
function hasField(place: Place): boolean {
  return place.at === "sign_in" || (place.at === "app" && place.part !== "open");
}

/** In which of the steps on the left the person is. */
function stepOf(place: Place): string {
  switch (place.at) {
    case "missing":
      return "done";
    case "app":
      return place.part === "open" || place.part === "address" ? "browser" : "app";
    default:
      return place.at;
  }
}

function Progress({ place, platform, way, fixed }: { place: Place; platform: Connectable; way: Way; fixed: boolean }) {
  const { t } = useTranslation();
  const chosen = fixed || place.at !== "platform";
  const step = (at: string, words = at, under = `connect.step.${words}_text`) => ({ at, word: t(`connect.step.${words}`), under: t(under) });
  const steps: { at: string; word: string; under: string }[] = [
    step("platform", "platform", chosen ? `platform.${platform}` : undefined),
    ...(asksWay(platform) ? [step("way", "way", place.at === "platform" || place.at === "way" ? undefined : `connect.step.way_${way}`)] : []),
    ...(way === "instagram_code" ? [step("app"), step("browser")] : [step("sign_in", "sign_in", `connect.step.sign_in_${way}`)]),
    ...(hasPages(way) && chosen ? [step("page")] : []),
    step("done", "check"),
  ];
  const here = steps.findIndex((each) => each.at === stepOf(place));
  return (
    <ol className="connect-steps" aria-label={t("connect.steps")}>
      {steps.map((each, at) => {
        const state = at < here || (at === here && place.at === "done") ? "done" : at === here ? (place.at === "missing" ? "bad" : "here") : "later";
        return (
          <li key={each.at} data-state={state} aria-current={at === here ? "step" : undefined}>
            <i aria-hidden="true">{state === "done" ? <Icon of={Check} size={12} /> : state === "bad" ? <Icon of={X} size={12} /> : at + 1}</i>
            <b>{each.word}</b>
            <small>{each.under}</small>
          </li>
        );
      })}
    </ol>
  );
}
