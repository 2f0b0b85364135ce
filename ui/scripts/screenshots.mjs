// Writes ../screenshots/*.png of the built window on the fake backend: `npm run build`, then `npm run screenshots`.
// Names given as arguments take only those: `npm run screenshots -- zen guard`.
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { preview } from "vite";

const SMALL = { width: 1280, height: 800 };
const LARGE = { width: 1920, height: 1080 };
/** The smallest that the window can be made. */
const TINY = { width: 960, height: 600 };
const out = fileURLToPath(new URL("../../screenshots/", import.meta.url));
const press = (...keys) => async (page) => {
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(60);
  }
};
const toRow = (text) => async (page) => {
  const row = page.getByRole("option").filter({ hasText: text }).first();
  if (!(await row.isVisible())) await page.getByTestId("comment-list").locator("..").evaluate((list) => list.scrollBy(0, 1_200));
  await row.click();
  await page.getByTestId("comment-text").getByText(text).waitFor();
};
const editDraft = async (page) => {
  await page.keyboard.press("e");
  const editor = page.getByTestId("draft-editor");
  await editor.press("End");
  await editor.pressSequentially(" Happy birthday to your mum!");
  await page.getByTestId("guard").and(page.locator('[data-guard="passed"]')).waitFor();
};
const withOutbox = async (page) => {
  await toRow("unreal in the braiser")(page);
  await page.keyboard.press("a");
  await page.getByTestId("outbox-notice").waitFor();
  await toRow("Does the 26 cm skillet work")(page);
  await editDraft(page);
};

const twoActs = async (page) => {
  await toRow("unreal in the braiser")(page);
  await page.keyboard.press("a");
  await page.getByTestId("outbox-notice").waitFor();
  await page.keyboard.press("d");
  await page.getByTestId("undo-notice").waitFor();
};
const pickSix = async (page) => {
  await press("x", "j", "j", "j", "j", "j", "j", "Shift+x")(page);
  await page.getByTestId("bulk-approve").waitFor();
  await page.waitForTimeout(300);
};
const toCampaign = async (page) => {
  const row = page.getByRole("option").filter({ has: page.getByTestId("alike") }).first();
  for (let down = 0; down < 40 && !(await row.isVisible()); down += 1) {
    await page.getByTestId("comment-list").locator("..").evaluate((list) => list.scrollBy(0, 600));
    await page.waitForTimeout(60);
  }
  await row.click();
  await page.getByTestId("campaign").waitFor();
};
const go = (screen, then) => async (page) => {
  await page.getByTestId(`go-${screen}`).click();
  await page.getByTestId(screen).waitFor();
  await page.waitForTimeout(250);
  await then?.(page);
};
const account = (id, then) =>
  go("accounts", async (page) => {
    await page.getByTestId(`account-row-${id}`).click();
    await page.getByTestId(`account-${id}`).waitFor();
    await then?.(page);
  });
/** The sign-in to a platform, with its fields filled in and sent. */
const connect = (platform, fields, then, way = "instagram_token") =>
  go("accounts", async (page) => {
    await page.getByTestId("accounts-connect").click();
    await page.locator(`input[value="${platform}"]`).check();
    await page.keyboard.press("Enter");
    if (platform === "instagram") {
      await page.locator(`input[value="${way}"]`).check();
      await page.keyboard.press("Enter");
    }
    for (const [field, value] of fields) await page.getByTestId(field).fill(value);
    if (fields.length > 0) await page.keyboard.press("Enter");
    await then?.(page);
  });
/** As far as a page of the sign-in with one's own Meta app. */
const ownApp = (part, then) =>
  connect(
    "instagram",
    [],
    async (page) => {
      for (const [each, value] of OWN_APP) {
        if (each === part) break;
        if (value !== null) await page.getByTestId(`app-${each}`).fill(value);
        await page.keyboard.press("Enter");
      }
      await then?.(page);
    },
    "instagram_code",
  );
const pasteAddress = (query) => async (page) => {
  await page.getByTestId("app-address").fill(`https://oakmere.example/back?${query}`);
  await page.keyboard.press("Enter");
};
const WHOLE = "EAAGm0PX4ZCpsBO7kitchen3lidPotKettleSkillet";
/** `null` is the page that opens the browser. */
const OWN_APP = [
  ["app_id", "990602627938098"],
  ["app_secret", "5f2oakmere8kettle3lid"],
  ["redirect", "https://oakmere.example/back"],
  ["open", null],
  ["address", ""],
];
const CLIENT = [
  ["client-id", "402817-oakmere.apps.googleusercontent.com"],
  ["client-secret", "GOCSPX-oakmere-kitchen-client"],
];
const result = (page) => page.getByRole("list", { name: /Permissions|Разрешения/ }).waitFor();
const leaving = account(2, async (page) => {
  await page.getByRole("button", { name: /Disconnect…|Отключить…/ }).click();
  await page.locator(".leave-choice").nth(1).click();
  await page.getByTestId("disconnect-name").fill("Oakmere TV");
});
const looks = (name, query, prepare) => [
  [`${name}-light-1280`, `${query}&theme=light`, SMALL, prepare],
  [`${name}-ru-dark-1280`, `${query}&theme=dark&lang=ru`, SMALL, prepare],
];
const searchKnowledge = go("knowledge", async (page) => {
  await page.getByTestId("knowledge-search").fill("is Oaky oven safe, and the lid and the kettle");
  await page.getByText("Skillet 26").first().waitFor();
  await page.getByText("Skillet 26").first().click();
});
const searchTrace = go("health", async (page) => {
  await page.getByTestId("trace-search").fill("Does the 26 cm skillet");
  await page.waitForTimeout(400);
  await page.locator(".trace-found button").first().click();
  await page.getByTestId("trace").waitFor();
});

const longInZen = async (page) => {
  await page.getByTestId("search").fill("outlive me");
  await page.getByTestId("comment-text").getByText("outlive me").waitFor();
  await press("Enter", "f")(page);
};

/** name, query, size, what to do before the picture */
const shots = [
  ["inbox-light-1280", "theme=light&hold=60", SMALL, withOutbox],
  ["inbox-dark-1280", "theme=dark&hold=60", SMALL, withOutbox],
  ["inbox-light-1920", "theme=light&hold=60", LARGE, withOutbox],
  ["inbox-dark-1920", "theme=dark&hold=60", LARGE, withOutbox],
  ["inbox-ru-light-1280", "theme=light&lang=ru&hold=60", SMALL, withOutbox],
  ["inbox-ru-dark-1920", "theme=dark&lang=ru&hold=60", LARGE, withOutbox],
  ["smallest-ru-light", "theme=light&lang=ru&hold=60", TINY, twoActs],
  ["smallest-dark", "theme=dark&hold=60", TINY, withOutbox],
  ["pill-ru-light-1920", "state=busy&theme=light&lang=ru", LARGE, (page) => page.getByTestId("new-pill").waitFor()],
  ["pill-ru-dark-1280", "state=busy&theme=dark&lang=ru", SMALL, (page) => page.getByTestId("new-pill").waitFor()],
  ["undo-light-1280", "theme=light&hold=60", SMALL, twoActs],
  ["undo-ru-dark-1280", "theme=dark&lang=ru&hold=60", SMALL, twoActs],
  ["bulk-light-1280", "theme=light&hold=60", SMALL, pickSix],
  ["bulk-dark-1920", "theme=dark&hold=60", LARGE, pickSix],
  ["bulk-ru-light-1280", "theme=light&lang=ru&hold=60", SMALL, pickSix],
  ["campaign-light-1280", "theme=light&hold=60", SMALL, toCampaign],
  ["campaign-dark-1920", "theme=dark&hold=60", LARGE, toCampaign],
  ["campaign-ru-light-1280", "theme=light&lang=ru&hold=60", SMALL, toCampaign],
  [
    "bulk-done-dark-1280",
    "theme=dark&hold=60",
    SMALL,
    async (page) => {
      await pickSix(page);
      await page.keyboard.press("a");
      await page.getByTestId("undo-notice").waitFor();
    },
  ],
  [
    "attention-light-1280",
    "state=busy&theme=light",
    SMALL,
    async (page) => {
      await page.getByTestId("failed-actions").click();
      await page.getByTestId("quarantined").click();
    },
  ],
  [
    "attention-ru-dark-1280",
    "state=busy&theme=dark&lang=ru",
    SMALL,
    async (page) => {
      await page.getByTestId("failed-actions").click();
      await page.getByText("Подробности").first().click();
    },
  ],
  ...looks("accounts", "state=several", go("accounts")),
  ["accounts-dark-1920", "state=several&theme=dark", LARGE, go("accounts")],
  ["accounts-smallest-ru-light", "state=several&theme=light&lang=ru", TINY, account(2)],
  ...looks("account-quota", "state=several", account(2)),
  ...looks("account-importing", "state=several", account(3)),
  ...looks("account-signed-out", "state=several", account(4)),
  ...looks("account-paused", "state=several", account(5)),
  ...looks("account-leaving", "state=several", leaving),
  ...looks("account-disconnected", "state=several", account(6)),
  ...looks("account-sample", "state=ready", account(1)),
  [
    "accounts-failed-light-1280",
    "state=several&theme=light",
    SMALL,
    go("accounts", async (page) => {
      await page.evaluate(() => {
        globalThis.fake.failNext("list_accounts", "storage_failed", "the disk is full");
        globalThis.fake.changeAccount(1, {});
      });
      await page.getByRole("alert").waitFor();
    }),
  ],
  [
    "accounts-none-light-1280",
    "state=several&theme=light",
    SMALL,
    account(1, async (page) => {
      await page.evaluate(async () => {
        for (const account_id of [1, 2, 3, 4, 5, 6]) await globalThis.fake.call("disconnect_account", { account_id, delete_data: true });
      });
      await page.waitForTimeout(400);
    }),
  ],
  ...looks("wizard-platform", "state=several", go("accounts", (page) => page.getByTestId("accounts-connect").click())),
  ...looks("wizard-instagram", "state=several", connect("instagram", [])),
  ...looks("wizard-way", "state=several", go("accounts", async (page) => {
    await page.getByTestId("accounts-connect").click();
    await page.keyboard.press("Enter");
  })),
  ...looks("wizard-app-id", "state=several", ownApp("app_id")),
  ...looks("wizard-app-secret", "state=several", ownApp("app_secret")),
  ...looks("wizard-app-redirect", "state=several", ownApp("redirect")),
  ...looks("wizard-app-open", "state=several", ownApp("open")),
  ...looks("wizard-app-address", "state=several", ownApp("address")),
  ...looks("wizard-app-forged", "state=several", ownApp("address", async (page) => {
    await pasteAddress("code=AQBkettle&state=forged")(page);
    await page.getByRole("alert").waitFor();
  })),
  ...looks("wizard-app-refused", "state=several", ownApp("address", async (page) => {
    await pasteAddress("code=OLDkettle&state=oakmere1")(page);
    await page.getByRole("alert").waitFor();
  })),
  ...looks("wizard-app-missing", "state=several", ownApp("address", async (page) => {
    await pasteAddress("code=LIMITEDkettle&state=oakmere1")(page);
    await result(page);
  })),
  ["wizard-way-smallest-ru-dark", "state=several&theme=dark&lang=ru", TINY, go("accounts", async (page) => {
    await page.getByTestId("accounts-connect").click();
    await page.keyboard.press("Enter");
  })],
  ["wizard-app-refused-smallest-ru-light", "state=several&theme=light&lang=ru", TINY, ownApp("address", async (page) => {
    await pasteAddress("code=OLDkettle&state=oakmere1")(page);
    await page.getByRole("alert").waitFor();
  })],
  ...looks("wizard-through-page", "state=several", connect("instagram", [], undefined, "instagram_page")),
  ...looks("wizard-through-page-choose", "state=several", connect("instagram", [["connect-token", WHOLE]], (page) => page.locator('input[name="page"]').first().waitFor(), "instagram_page")),
  ...looks("wizard-facebook", "state=several", connect("facebook", [])),
  ...looks("wizard-youtube", "state=several", connect("youtube", [])),
  ...looks("wizard-telegram", "state=several", connect("telegram", [])),
  ["wizard-youtube-smallest-ru-dark", "state=several&theme=dark&lang=ru", TINY, connect("youtube", [])],
  ...looks("wizard-refused", "state=several", connect("instagram", [["connect-token", "IGAA"]], (page) => page.getByRole("alert").waitFor())),
  ...looks("wizard-waiting", "state=several", connect("youtube", CLIENT, (page) => page.getByTestId("cancel-sign-in").waitFor())),
  ...looks("wizard-page", "state=several", connect("facebook", [["connect-token", WHOLE]], (page) => page.locator('input[name="page"]').first().waitFor())),
  ...looks("wizard-missing", "state=several", connect("instagram", [["connect-token", `LIMITED${WHOLE}`]], result)),
  ...looks("wizard-done", "state=ready", connect("instagram", [["connect-token", WHOLE]], result)),
  ...looks("knowledge", "state=several", searchKnowledge),
  ["knowledge-empty-light-1280", "state=empty&theme=light", SMALL, go("knowledge")],
  ["knowledge-smallest-ru-light", "state=several&theme=light&lang=ru", TINY, searchKnowledge],
  ["knowledge-removed-dark-1280", "state=several&theme=dark", SMALL, go("knowledge", async (page) => {
    await page.getByRole("button", { name: "Remove: Oaky = skillet" }).click();
    await page.getByRole("button", { name: "Edit: delivery = доставка = parcel" }).click();
  })],
  ...looks("health", "state=several", go("health")),
  ...looks("health-troubles", "state=busy", go("health", async (page) => {
    await page.getByTestId("troubles").scrollIntoViewIfNeeded();
  })),
  ...looks("health-taught", "state=several", go("health", async (page) => {
    await page.getByTestId("taught").scrollIntoViewIfNeeded();
  })),
  ["health-failed-light-1280", "state=several&theme=light", SMALL, async (page) => {
    await page.evaluate(() => globalThis.fake.failNext("get_health", "internal"));
    await page.getByTestId("go-health").click();
    await page.getByRole("alert").waitFor();
  }],
  ...looks("health-relay", "state=several", go("health", async (page) => {
    await page.evaluate(() => globalThis.fake.call("set_relay", { enabled: true, port: 8765, verify_token: "kettle", app_secrets: ["one"] }));
    await page.waitForTimeout(3_200);
    await page.getByTestId("relay-change").click();
    await page.getByTestId("relay-save").scrollIntoViewIfNeeded();
  })),
  ["health-dark-1920", "state=several&theme=dark", LARGE, searchTrace],
  ["health-smallest-ru-light", "state=several&theme=light&lang=ru", TINY, go("health")],
  ...looks("health-trace", "state=several", searchTrace),
  [
    "health-stored-light-1280",
    "state=several&theme=light",
    SMALL,
    go("health", async (page) => {
      await page.getByTestId("export-diagnostics").click();
      await page.getByTestId("rebuild-index").click();
      await page.getByRole("progressbar").waitFor();
      await page.getByRole("progressbar").scrollIntoViewIfNeeded();
    }),
  ],
  ...looks("trace", "state=several", async (page) => {
    await page.getByTestId("comment-text").waitFor();
    await page.getByTestId("trace-open").click();
    await page.getByTestId("trace").waitFor();
  }),
  ["unknown-notice-light-1280", "state=busy&theme=light", SMALL, (page) => page.getByTestId("unknown-notice").waitFor()],
  ...looks("unknown-decide", "state=busy", async (page) => {
    await page.evaluate(() => {
      Object.assign(globalThis.fake.actions.find((each) => each.state === "unknown"), { kind: "private_reply" });
      globalThis.fake.nudge();
    });
    await page.getByTestId("unknown-notice").getByRole("button").click();
    await page.getByTestId("posted").waitFor();
    await page.waitForTimeout(400);
  }),
  ...looks("unknown-late", "state=busy", async (page) => {
    await page.evaluate(() => {
      const action = globalThis.fake.actions.find((each) => each.state === "unknown");
      action.created_at -= 120_000;
      globalThis.fake.nudge();
    });
    await page.getByTestId("unknown-notice").getByRole("button").click();
    await page.getByTestId("send-again").waitFor();
    await page.waitForTimeout(400);
  }),
  ...looks("more-menu", "hold=60", async (page) => {
    await page.getByTestId("detail-more").click();
    await page.getByTestId("more-delete").waitFor();
  }),
  ...looks("more-confirm", "hold=60", async (page) => {
    await page.getByTestId("detail-more").click();
    await page.getByTestId("more-delete").click();
    await page.getByTestId("confirm-act").waitFor();
  }),
  ...looks("more-write", "hold=60", async (page) => {
    await page.getByTestId("detail-more").click();
    await page.getByTestId("more-private").click();
    await page.getByTestId("write-act-text").fill("Hello! Could you send us your order number here?");
    await page.waitForTimeout(400);
  }),
  ...looks("post-panel", "hold=60", async (page) => {
    await toRow("Does the 26 cm skillet work")(page);
    await page.getByTestId("post-open").click();
    await page.getByTestId("post-text").fill("One more day for the draw. Good luck!");
    await page.keyboard.press("Control+Enter");
    await page.getByTestId("own-undo").waitFor();
    await page.waitForTimeout(400);
  }),
  ...looks("post-panel-off", "hold=60", async (page) => {
    await toRow("Does the 26 cm skillet work")(page);
    await page.getByTestId("post-open").click();
    await page.getByRole("switch").click();
    await page.getByTestId("post-switch-ask").waitFor();
    await page.waitForTimeout(300);
  }),
  ...looks("post-panel-troubles", "state=busy&hold=60", async (page) => {
    await toRow("Does the 26 cm skillet work")(page);
    await page.getByTestId("post-open").click();
    await page.getByTestId("own-undo").waitFor();
    await page.waitForTimeout(300);
  }),
  ["post-panel-refused-smallest-ru-light", "theme=light&lang=ru&hold=60", TINY, async (page) => {
    await toRow("Does the 26 cm skillet work")(page);
    await page.getByTestId("post-open").click();
    await page.getByTestId("post-text").fill("One more day for the draw. Good luck!");
    await page.keyboard.press("Control+Shift+Period");
    await page.getByTestId("post-refused").waitFor();
    await page.waitForTimeout(300);
  }],
  ["post-button-light-1280", "theme=light", SMALL, async (page) => {
    await toRow("Does the 26 cm skillet work")(page);
    await page.getByTestId("post-open").hover();
    await page.waitForTimeout(900);
  }],
  ["arabic-light-1280", "theme=light", SMALL, toRow("هل الطنجرة")],
  ["empty-light-1280", "state=empty&theme=light", SMALL],
  ["empty-dark-1280", "state=empty&theme=dark", SMALL],
  ["loading-light-1280", "state=loading&theme=light", SMALL, (page) => page.waitForTimeout(700)],
  ["error-light-1280", "state=error&theme=light", SMALL],
  ["error-ru-light-1280", "state=error&theme=light&lang=ru", SMALL],
  ["error-dark-1280", "state=error&theme=dark", SMALL],
  ["busy-light-1280", "state=busy&theme=light", SMALL, (page) => page.getByTestId("new-pill").waitFor()],
  [
    "unknown-light-1280",
    "state=busy&theme=light",
    SMALL,
    async (page) => {
      await page.getByTestId("new-pill").waitFor();
      await page.getByTestId("queue-outbox").click();
      await page.getByText("We do not know yet").waitFor();
    },
  ],
  [
    "unknown-ru-dark-1280",
    "state=busy&theme=dark&lang=ru",
    SMALL,
    async (page) => {
      await page.getByTestId("queue-outbox").click();
      await page.getByText("Пока неизвестно").waitFor();
    },
  ],
  [
    "unknown-dark-1920",
    "state=busy&theme=dark",
    LARGE,
    async (page) => {
      await page.getByTestId("queue-outbox").click();
      await page.getByText("We do not know yet").waitFor();
    },
  ],
  ["first-start-ru-dark-1920", "state=first&theme=dark&lang=ru", LARGE],
  ["first-start-light-1280", "state=first&theme=light", SMALL],
  ["first-start-dark-1280", "state=first&theme=dark", SMALL],
  ["first-start-ru-light-1280", "state=first&theme=light&lang=ru", SMALL],
  [
    "connect-light-1280",
    "state=first&theme=light",
    SMALL,
    async (page) => {
      await page.getByTestId("first-start-connect").click();
      await page.keyboard.press("Enter");
      await page.keyboard.press("Enter");
      await page.getByTestId("connect-token").fill("IGAA");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").waitFor();
    },
  ],
  ...looks("first-platform", "state=first", (page) => page.getByTestId("first-start-connect").click()),
  ["opening-ru-dark-1280", "state=opening&theme=dark&lang=ru", SMALL],
  ["opening-light-1280", "state=opening&theme=light", SMALL],
  ["failed-ru-dark-1280", "state=failed&theme=dark&lang=ru", SMALL],
  ["failed-light-1280", "state=failed&theme=light", SMALL],
  ["elsewhere-light-1280", "state=failed&theme=light", SMALL, (page) => page.getByTestId("elsewhere").click()],
  ["trouble-light-1280", "state=trouble&theme=light", SMALL],
  ["trouble-ru-dark-960", "state=trouble&theme=dark&lang=ru", TINY],
  ["bad-settings-light-1280", "state=badsettings&theme=light", SMALL],
  ["bad-settings-ru-dark-1280", "state=badsettings&theme=dark&lang=ru", SMALL, (page) => page.getByTestId("settings-open").click()],
  ["nokeychain-light-1280", "state=nokeychain&theme=light", SMALL],
  ["nokeychain-ru-dark-1280", "state=nokeychain&theme=dark&lang=ru", SMALL],
  ["zen-light-1280", "theme=light", SMALL, press("f")],
  ["zen-long-light-1280", "theme=light", SMALL, longInZen],
  ["zen-long-ru-dark-1920", "theme=dark&lang=ru", LARGE, longInZen],
  [
    "zen-failed-light-1280",
    "theme=light&hold=60",
    SMALL,
    async (page) => {
      await press("f")(page);
      await page.evaluate(() => globalThis.fake.failNext("dismiss_comment", "storage_failed", "the disk is full"));
      await page.keyboard.press("d");
      await page.getByRole("alert").waitFor();
    },
  ],
  [
    "zen-failed-ru-dark-1280",
    "theme=dark&lang=ru&hold=60",
    SMALL,
    async (page) => {
      await press("f")(page);
      await page.evaluate(() => globalThis.fake.failNext("dismiss_comment", "storage_failed", "the disk is full"));
      await page.keyboard.press("d");
      await page.getByRole("alert").waitFor();
    },
  ],
  ["zen-dark-1920", "theme=dark&hold=60", LARGE, press("a", "a", "f")],
  ["guard-light-1280", "theme=light", SMALL, toRow("Is the lid for the 26 really")],
  ["guard-dark-1280", "theme=dark", SMALL, toRow("Is the lid for the 26 really")],
  ["guard-ru-dark-1920", "theme=dark&lang=ru", LARGE, toRow("Is the lid for the 26 really")],
  ["nodraft-ru-dark-1920", "theme=dark&lang=ru", LARGE, toRow("Your site says 64")],
  ["nodraft-light-1280", "theme=light", SMALL, toRow("Your site says 64")],
  ["nodraft-ru-light-1280", "theme=light&lang=ru", SMALL, toRow("Your site says 64")],
  ["compact-light-1280", "density=compact&theme=light", SMALL],
  ["compact-dark-1280", "density=compact&theme=dark", SMALL],
  [
    "source-light-1280",
    "theme=light",
    SMALL,
    async (page) => {
      await toRow("Does the 26 cm skillet work")(page);
      await page.getByTestId("source-chip-2").click();
      await page.getByTestId("source-popover").waitFor();
    },
  ],
  [
    "label-light-1280",
    "theme=light",
    SMALL,
    async (page) => {
      await toRow("Does the 26 cm skillet work")(page);
      await page.getByRole("button", { name: /Correct the label/ }).click();
    },
  ],
  ["snooze-light-1280", "theme=light", SMALL, press("s")],
  ["keys-light-1280", "theme=light", SMALL, press("?")],
  ["keys-ru-dark-1280", "theme=dark&lang=ru", SMALL, press("?")],
  ["palette-light-1280", "theme=light", SMALL, press("Control+k")],
  ["palette-found-dark-1280", "theme=dark", SMALL, press("Control+k", "l", "a", "b")],
  ["settings-light-1280", "theme=light", SMALL, (page) => page.getByTestId("settings-open").click()],
  ["settings-ru-dark-1280", "theme=dark&lang=ru", SMALL, (page) => page.getByTestId("settings-open").click()],
  [
    "settings-refused-light-1280",
    "theme=light",
    SMALL,
    async (page) => {
      await page.getByTestId("settings-open").click();
      await page.evaluate(() => globalThis.fake.failNext("update_settings", "storage_failed", "the disk is full"));
      await page.getByRole("radio", { name: "Compact" }).click();
      await page.getByTestId("settings-refused").waitFor();
    },
  ],
  [
    "settings-connect-ru-light-1280",
    "theme=light&lang=ru",
    SMALL,
    async (page) => {
      await page.getByTestId("settings-open").click();
      await page.getByTestId("settings-connect").scrollIntoViewIfNeeded();
    },
  ],
  [
    "stopped-light-1280",
    "theme=light&hold=60",
    SMALL,
    async (page) => {
      await page.getByTestId("approve").click();
      await page.keyboard.press("Control+Shift+Period");
      await page.getByRole("group", { name: "Sending is off" }).waitFor();
    },
  ],
  [
    "resume-light-1280",
    "theme=light&hold=60",
    SMALL,
    async (page) => {
      for (const key of ["a", "a", "j", "a"]) await press(key)(page);
      await page.getByTestId("sending-toggle").click();
      await page.getByRole("group", { name: "Sending is off" }).waitFor();
      await page.getByTestId("sending-toggle").click();
      await page.getByTestId("resume-dialog").waitFor();
    },
  ],
  [
    "stuck-light-1280",
    "theme=light",
    SMALL,
    async (page) => {
      await page.getByTestId("queue-stuck").click();
      await page.getByText("This comment is stuck").waitFor();
    },
  ],
  [
    "done-light-1280",
    "theme=light",
    SMALL,
    async (page) => {
      await page.getByTestId("queue-done").click();
      await page.getByRole("option").nth(2).click();
    },
  ],
  [
    "rant-dark-1280",
    "theme=dark",
    SMALL,
    async (page) => {
      await page.getByTestId("search").fill("outlive me");
      await page.getByTestId("comment-text").getByText("outlive me").waitFor();
    },
  ],
];

// The window's own policy, so that what it would block is blocked here as well.
const { app } = JSON.parse(readFileSync(new URL("../../tauri.conf.json", import.meta.url), "utf8"));
const policy = app.security.csp;
const wanted = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const server = await preview({ root: fileURLToPath(new URL("..", import.meta.url)), preview: { host: "127.0.0.1", port: 0, open: false, headers: { "Content-Security-Policy": policy } }, logLevel: "error" });
const base = server.resolvedUrls.local[0];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--force-color-profile=srgb"] });
let failed = 0;
for (const [name, query, viewport, prepare] of shots) {
  if (wanted.length > 0 && !wanted.some((each) => name.startsWith(each))) continue;
  const page = await browser.newPage({ viewport, locale: "en-GB", reducedMotion: "no-preference" });
  page.setDefaultTimeout(6_000);
  // The desktop window freezes this prototype; what breaks under it must break here.
  await page.addInitScript("Object.freeze(Object.prototype)");
  page.on("pageerror", (error) => {
    failed += 1;
    process.stderr.write(`${name}: ${error.message}\n`);
  });
  page.on("console", (message) => {
    if (message.type() === "error") process.stderr.write(`${name}: ${message.text()}\n`);
  });
  try {
    await page.goto(`${base}?${query}`);
    await page.locator("#root > *").first().waitFor();
    await page.waitForTimeout(450);
    if (!/state=/.test(query)) await page.getByTestId("comment-text").waitFor();
    await prepare?.(page);
    await page.waitForTimeout(350);
    await page.screenshot({ path: `${out}${name}.png` });
    process.stdout.write(`${name}\n`);
  } catch (error) {
    failed += 1;
    process.stderr.write(`${name}: ${error.message}\n`);
  }
  await page.close();
}
await browser.close();
await server.close();
process.exitCode = failed > 0 ? 1 : 0;
