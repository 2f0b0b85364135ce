//! System packages: installs what is missing where apt and the rights are there, else says the exact command.

use std::ffi::OsStr;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{output_if_any, run, succeeds};
use crate::steps::Outcome;

/// What a machine must have, and how each package manager calls it.
struct Requirement {
    probe: Probe,
    purpose: Purpose,
    apt: &'static [&'static str],
    dnf: &'static [&'static str],
    pacman: &'static [&'static str],
    brew: &'static [&'static str],
    winget: &'static [&'static str],
}

/// How to see on a system without dpkg whether a requirement is met.
enum Probe {
    Program(&'static str),
    Library(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    Build,
    /// Driving the real window, on Linux only: WebKit's driver exists nowhere else.
    Test,
}

const REQUIREMENTS: &[Requirement] = &[
    Requirement {
        probe: Probe::Program("cc"),
        purpose: Purpose::Build,
        apt: &["build-essential"],
        dnf: &["gcc", "gcc-c++", "make"],
        pacman: &["base-devel"],
        brew: &[],
        winget: &[],
    },
    Requirement {
        probe: Probe::Program("pkg-config"),
        purpose: Purpose::Build,
        apt: &["pkg-config"],
        dnf: &["pkgconf-pkg-config"],
        pacman: &["pkgconf"],
        brew: &[],
        winget: &[],
    },
    Requirement {
        probe: Probe::Program("protoc"),
        purpose: Purpose::Build,
        apt: &["protobuf-compiler", "libprotobuf-dev"],
        dnf: &["protobuf-compiler", "protobuf-devel"],
        pacman: &["protobuf"],
        brew: &["protobuf"],
        winget: &["Google.Protobuf"],
    },
    Requirement {
        probe: Probe::Library("webkit2gtk-4.1"),
        purpose: Purpose::Build,
        // Comments are full of emoji, and the window draws them with the system's fonts.
        apt: &["libwebkit2gtk-4.1-dev", "fonts-noto-color-emoji"],
        dnf: &["webkit2gtk4.1-devel", "google-noto-color-emoji-fonts"],
        pacman: &["webkit2gtk-4.1", "noto-fonts-emoji"],
        brew: &[],
        winget: &[],
    },
    Requirement {
        probe: Probe::Library("ayatana-appindicator3-0.1"),
        purpose: Purpose::Build,
        apt: &["libayatana-appindicator3-dev"],
        dnf: &["libayatana-appindicator-gtk3-devel"],
        pacman: &["libayatana-appindicator"],
        brew: &[],
        winget: &[],
    },
    Requirement {
        probe: Probe::Library("librsvg-2.0"),
        purpose: Purpose::Build,
        apt: &["librsvg2-dev"],
        dnf: &["librsvg2-devel"],
        pacman: &["librsvg"],
        brew: &[],
        winget: &[],
    },
    Requirement {
        probe: Probe::Program("xvfb-run"),
        purpose: Purpose::Test,
        // xvfb-run calls xauth, and the window draws in software: apt only recommends both.
        apt: &["xvfb", "xauth", "libgl1-mesa-dri"],
        dnf: &["xorg-x11-server-Xvfb", "mesa-dri-drivers"],
        pacman: &["xorg-server-xvfb", "xorg-xauth", "mesa"],
        brew: &[],
        winget: &[],
    },
    Requirement {
        probe: Probe::Program("WebKitWebDriver"),
        purpose: Purpose::Test,
        apt: &["webkit2gtk-driver"],
        // Fedora ships the driver with the newest WebKit; it drives any of them.
        dnf: &["webkitgtk6.0"],
        pacman: &["webkit2gtk-4.1"],
        brew: &[],
        winget: &[],
    },
    Requirement {
        probe: Probe::Program("dbus-run-session"),
        purpose: Purpose::Test,
        apt: &["dbus"],
        dnf: &["dbus-daemon"],
        pacman: &["dbus"],
        brew: &[],
        winget: &[],
    },
    Requirement {
        probe: Probe::Program("gnome-keyring-daemon"),
        purpose: Purpose::Test,
        apt: &["gnome-keyring"],
        dnf: &["gnome-keyring"],
        pacman: &["gnome-keyring"],
        brew: &[],
        winget: &[],
    },
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PackageManager {
    Apt,
    Dnf,
    Pacman,
    Brew,
    Winget,
}

/// Leaves a machine on which the purpose can be met, or fails with the command that a person must run.
pub fn ensure_packages(purpose: Purpose) -> Result<Outcome> {
    let manager = this_package_manager();
    let missing = match manager {
        PackageManager::Apt => missing_debian_packages(purpose),
        other => missing_by_probe(other, purpose),
    };
    install(manager, &missing)
}

/// Installs packages of Debian's names if apt is here; elsewhere fails with `elsewhere`.
pub fn ensure_debian_packages(names: &[&str], elsewhere: &str) -> Result<()> {
    if this_package_manager() != PackageManager::Apt {
        bail!("{elsewhere}");
    }
    install(PackageManager::Apt, names).map(|_| ())
}

fn install(manager: PackageManager, missing: &[&str]) -> Result<Outcome> {
    if missing.is_empty() {
        return Ok(Outcome::UpToDate);
    }
    let rights = (manager == PackageManager::Apt).then(rights_to_install).flatten();
    let Some(prefix) = rights else {
        bail!(
            "these system packages are missing: {}\nInstall them, then start this command again:\n\n    {}\n",
            missing.join(" "),
            install_line(manager, missing)
        );
    };
    println!("      installing {}", missing.join(" "));
    let (update, install) = apt_command_lines(prefix, missing);
    for line in [update, install] {
        run(&mut command_of(&line))?;
    }
    Ok(Outcome::Done)
}

fn missing_debian_packages(purpose: Purpose) -> Vec<&'static str> {
    let wanted: Vec<&'static str> = relevant(purpose)
        .flat_map(|requirement| requirement.apt)
        .copied()
        .collect();
    // dpkg-query ends with 1 when one name is unknown and still prints the others.
    let listed = Command::new("dpkg-query")
        .args(["-W", "-f=${Package} ${db:Status-Status}\\n"])
        .args(&wanted)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    not_installed(&wanted, &listed)
}

fn not_installed<'a>(wanted: &[&'a str], dpkg_listing: &str) -> Vec<&'a str> {
    let installed: Vec<&str> = dpkg_listing
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .collect();
    wanted
        .iter()
        .copied()
        .filter(|name| !installed.contains(name))
        .collect()
}

fn missing_by_probe(manager: PackageManager, purpose: Purpose) -> Vec<&'static str> {
    relevant(purpose)
        .filter(|requirement| !names_for(manager, requirement).is_empty() && !is_met(&requirement.probe))
        .flat_map(|requirement| names_for(manager, requirement))
        .copied()
        .collect()
}

fn relevant(purpose: Purpose) -> impl Iterator<Item = &'static Requirement> {
    REQUIREMENTS
        .iter()
        .filter(move |requirement| requirement.purpose <= purpose)
}

fn names_for(manager: PackageManager, requirement: &Requirement) -> &'static [&'static str] {
    match manager {
        PackageManager::Apt => requirement.apt,
        PackageManager::Dnf => requirement.dnf,
        PackageManager::Pacman => requirement.pacman,
        PackageManager::Brew => requirement.brew,
        PackageManager::Winget => requirement.winget,
    }
}

fn is_met(probe: &Probe) -> bool {
    match probe {
        // Looked for, not started: some end with a failure whatever they are asked.
        Probe::Program(name) => is_on_path(name, &std::env::var_os("PATH").unwrap_or_default()),
        Probe::Library(name) => succeeds("pkg-config", &["--exists", name]),
    }
}

fn is_on_path(name: &str, path: &OsStr) -> bool {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(path).any(|folder| folder.join(&file).is_file())
}

fn this_package_manager() -> PackageManager {
    match std::env::consts::OS {
        "macos" => PackageManager::Brew,
        "windows" => PackageManager::Winget,
        _ if succeeds("apt-get", &["--version"]) && succeeds("dpkg-query", &["--version"]) => {
            PackageManager::Apt
        }
        _ => {
            let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
            package_manager_of(&release)
        }
    }
}

/// A Linux without apt that we do not know gets Fedora's names, the nearest to everyone else's.
fn package_manager_of(os_release: &str) -> PackageManager {
    let families = os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split_whitespace());
    for family in families {
        match family {
            "arch" => return PackageManager::Pacman,
            "debian" | "ubuntu" => return PackageManager::Apt,
            _ => {}
        }
    }
    PackageManager::Dnf
}

/// What to put before apt-get, or nothing when we may not install.
fn rights_to_install() -> Option<&'static [&'static str]> {
    if output_if_any("id", &["-u"]).is_some_and(|id| id.trim() == "0") {
        Some(&[])
    } else if succeeds("sudo", &["-n", "true"]) {
        Some(&["sudo", "-n"])
    } else {
        None
    }
}

fn apt_command_lines(prefix: &[&str], missing: &[&str]) -> (Vec<String>, Vec<String>) {
    let line = |arguments: &[&str], names: &[&str]| {
        // sudo clears the environment, so the variable is set behind it.
        let debconf = ["env", "DEBIAN_FRONTEND=noninteractive"];
        [prefix, &debconf, arguments, names]
            .concat()
            .iter()
            .map(|part| (*part).to_owned())
            .collect()
    };
    (
        line(&["apt-get", "update", "-q"], &[]),
        line(
            &["apt-get", "install", "-y", "-q", "--no-install-recommends"],
            missing,
        ),
    )
}

fn command_of(line: &[String]) -> Command {
    let mut command = Command::new(&line[0]);
    command.args(&line[1..]);
    command
}

fn install_line(manager: PackageManager, missing: &[&str]) -> String {
    let names = missing.join(" ");
    match manager {
        PackageManager::Apt => format!("sudo apt-get update && sudo apt-get install -y {names}"),
        PackageManager::Dnf => format!("sudo dnf install -y {names}"),
        PackageManager::Pacman => format!("sudo pacman -S --needed {names}"),
        PackageManager::Brew => format!("brew install {names}"),
        PackageManager::Winget => format!("winget install {names}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::ScratchDir;

    #[test]
    fn only_fully_installed_packages_count() {
        let listing =
            "dbus installed\nxvfb config-files\ngnome-keyring half-configured\nlibprotobuf-dev installed\n";
        assert_eq!(
            not_installed(
                &[
                    "dbus",
                    "xvfb",
                    "gnome-keyring",
                    "libprotobuf-dev",
                    "protobuf-compiler"
                ],
                listing
            ),
            ["xvfb", "gnome-keyring", "protobuf-compiler"],
            "removed, half-installed and unknown packages are missing"
        );
    }

    #[test]
    fn package_whose_name_begins_like_another_is_not_taken_for_it() {
        assert_eq!(not_installed(&["dbus"], "dbus-x11 installed\n"), ["dbus"]);
    }

    #[test]
    fn apt_is_called_through_sudo_when_not_root() {
        let (update, install) = apt_command_lines(&["sudo", "-n"], &["xvfb", "dbus"]);
        assert_eq!(
            update.join(" "),
            "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get update -q"
        );
        assert_eq!(
            install.join(" "),
            "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends xvfb dbus"
        );
    }

    #[test]
    fn root_calls_apt_directly() {
        let (_, install) = apt_command_lines(&[], &["xvfb"]);
        assert_eq!(install[0], "env");
        assert!(!install.contains(&"sudo".to_owned()));
    }

    #[test]
    fn each_system_gets_the_command_it_understands() {
        let line = |manager| install_line(manager, &["protobuf"]);
        assert_eq!(line(PackageManager::Dnf), "sudo dnf install -y protobuf");
        assert_eq!(line(PackageManager::Pacman), "sudo pacman -S --needed protobuf");
        assert_eq!(line(PackageManager::Brew), "brew install protobuf");
        assert_eq!(line(PackageManager::Winget), "winget install protobuf");
        assert!(line(PackageManager::Apt).ends_with("sudo apt-get install -y protobuf"));
    }

    #[test]
    fn families_are_read_from_os_release() {
        assert_eq!(
            package_manager_of("NAME=\"Fedora Linux\"\nID=fedora\n"),
            PackageManager::Dnf
        );
        assert_eq!(
            package_manager_of("ID=manjaro\nID_LIKE=arch\n"),
            PackageManager::Pacman
        );
        assert_eq!(
            package_manager_of("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"),
            PackageManager::Apt
        );
        assert_eq!(package_manager_of(""), PackageManager::Dnf);
    }

    #[test]
    fn program_is_found_in_any_folder_of_the_path() {
        let scratch = ScratchDir::create("path").expect("created");
        let name = format!("protoc{}", std::env::consts::EXE_SUFFIX);
        std::fs::write(scratch.path().join(name), "").expect("written");
        let path = std::env::join_paths([std::path::Path::new("/nowhere"), scratch.path()]).expect("joined");
        assert!(is_on_path("protoc", &path));
        assert!(!is_on_path("protoc-gen", &path));
    }

    #[test]
    fn building_needs_no_test_packages_and_testing_needs_all() {
        let apt = |purpose| -> Vec<_> { relevant(purpose).flat_map(|one| one.apt).copied().collect() };
        assert!(apt(Purpose::Build).contains(&"libwebkit2gtk-4.1-dev"));
        assert!(
            !apt(Purpose::Build).contains(&"xvfb"),
            "a person who only runs the app is spared the test tools"
        );
        assert!(apt(Purpose::Test).contains(&"xvfb"));
        assert!(apt(Purpose::Test).contains(&"protobuf-compiler"));
    }
}
