//! Between the settings file and what the window shows of it.

use contract::{Appearance, Density, ProviderSettings, ThemeChoice};
use engine::settings::Settings;

pub fn settings_view(settings: &Settings, has_key: bool) -> contract::Settings {
    let provider = (!settings.drafting.endpoint.is_empty()).then(|| ProviderSettings {
        base_url: settings.drafting.endpoint.clone(),
        model: settings.drafting.model.clone(),
        has_key,
    });
    contract::Settings {
        appearance: Appearance {
            theme: match settings.appearance.theme.as_str() {
                "light" => ThemeChoice::Light,
                "dark" => ThemeChoice::Dark,
                _ => ThemeChoice::System,
            },
            language: settings.appearance.language.clone(),
            density: if settings.appearance.density == "compact" {
                Density::Compact
            } else {
                Density::Comfortable
            },
            shortcuts: settings.appearance.shortcuts,
        },
        hold_seconds: settings.outbox.hold_seconds,
        sync_interval_seconds: settings.sync.interval_seconds,
        fall_back_to_local: settings.drafting.fall_back_to_local,
        provider,
    }
}

/// The part of the settings that the window may change; the provider goes through its own command.
pub fn apply(view: &contract::Settings, settings: &mut Settings) {
    let theme = match view.appearance.theme {
        ThemeChoice::System => "system",
        ThemeChoice::Light => "light",
        ThemeChoice::Dark => "dark",
    };
    let density = match view.appearance.density {
        Density::Comfortable => "comfortable",
        Density::Compact => "compact",
    };
    settings.appearance.theme = theme.to_owned();
    settings.appearance.language = view.appearance.language.clone();
    settings.appearance.density = density.to_owned();
    settings.appearance.shortcuts = view.appearance.shortcuts;
    settings.outbox.hold_seconds = view.hold_seconds;
    settings.sync.interval_seconds = view.sync_interval_seconds;
    settings.drafting.fall_back_to_local = view.fall_back_to_local;
}
