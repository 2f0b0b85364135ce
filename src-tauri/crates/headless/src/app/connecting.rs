//! Connecting an account: the very calls that are used later are made first, and what is not allowed is named.
//!
//! Nothing is kept before they were answered. A token that lacks what an account cannot do without connects nothing;
//! what only some actions need is noted and told.

mod instagram;

pub(super) use instagram::PendingSignIn;

use super::accounts::permission_view;
use super::{App, AppError};
use crate::connections::{
    FACEBOOK, TELEGRAM, YOUTUBE, base_url_key, bot_of_secret, bot_to_secret, client_name, google_at,
    page_key, token_name,
};
use crate::keeping::{forget_renewals, note_renewed};
use domain::error::PlatformError;
use domain::ports::{Element, Platform, RemotePost, RemoteProfile, SecretStore as _, Visibility};
use domain::{AccountId, PlatformId, Timestamp};
use engine::{EngineError, intake};
use instagram::Managed;
use platforms::facebook::login::{FacebookLogin, FacebookLoginConfig};
use platforms::http::ReadRetries;
use platforms::instagram::tokens::InstagramApp;
use platforms::telegram::Rights;
use platforms::youtube::oauth::{PageLanguage, SignIn, SignInConfig, SignInError};
use platforms::youtube::{OAuthClient, SCOPES};
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use zeroize::Zeroizing;

/// A person has this long for the sign-in in the browser.
const SIGN_IN_WITHIN: Duration = Duration::from_secs(10 * 60);
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// What a person gives to connect an account. Never printed.
pub enum Credentials {
    /// A token that the dashboard of the user's own Meta app generated.
    InstagramToken(Zeroizing<String>),
    /// The user's own Meta app, and the whole address that the browser ended at after
    /// [`App::begin_instagram_sign_in`] with the same app and `redirect`.
    InstagramCode {
        app: InstagramApp,
        redirect: String,
        address: Zeroizing<String>,
    },
    /// A person's token, or that of a page, for the Instagram account that is linked to the page. `page` chooses where
    /// several have one.
    InstagramPage {
        token: Zeroizing<String>,
        page: Option<PlatformId>,
    },
    /// A person's token, or that of a page. `page` chooses where the person manages several.
    FacebookToken {
        token: Zeroizing<String>,
        page: Option<PlatformId>,
    },
    /// The user's own Google client; the sign-in goes through the system's browser.
    Google {
        client: OAuthClient,
        language: PageLanguage,
    },
    /// A bot of the user's own, and the channel or its discussion group: a number, a name, or a link.
    Telegram { token: Zeroizing<String>, chat: String },
}

/// Whether the platform allows something, as its answer to the call shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granted {
    Yes,
    No,
    /// There was nothing to try it on.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// As the platform names it, for a person to look it up there.
    pub name: &'static str,
    pub granted: Granted,
    pub needed_for: NeededFor,
    /// Without it the account is not connected.
    pub is_vital: bool,
}

/// What stands still without a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeededFor {
    Profile,
    Posts,
    Comments,
    Moderation,
    Answers,
    Deleting,
    Banning,
    PrivateReplies,
}

impl NeededFor {
    /// As the window's contract names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Posts => "posts",
            Self::Comments => "comments",
            Self::Moderation | Self::Answers | Self::Deleting | Self::Banning => "moderate",
            Self::PrivateReplies => "private_reply",
        }
    }

    /// Completes "is needed to …".
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Profile => "see whose account it is",
            Self::Posts => "see the account's posts",
            Self::Comments => "read and answer comments",
            Self::Moderation => "answer, hide and delete comments",
            Self::Answers => "answer comments",
            Self::Deleting => "delete comments",
            Self::Banning => "ban people",
            Self::PrivateReplies => "answer in private",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageChoice {
    pub id: PlatformId,
    pub name: String,
    pub can_moderate: bool,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connected {
    Account {
        id: AccountId,
        permissions: Vec<Permission>,
    },
    /// The person manages several pages: try again with one of them.
    ChoosePage(Vec<PageChoice>),
    /// Nothing was connected or kept.
    Missing(Vec<Permission>),
}

struct Checked {
    profile: RemoteProfile,
    permissions: Vec<Permission>,
}

/// An account that its platform let in, and nothing of it kept yet.
pub(super) struct FoundAccount {
    name: &'static str,
    checked: Checked,
    platform: Arc<dyn Platform>,
    secret: Zeroizing<String>,
    /// Where it is known when the sign-in ends unless it is renewed.
    expires_at: Option<Timestamp>,
    /// The page by whose token an Instagram account is reached.
    page: Option<PlatformId>,
}

pub(super) enum Found {
    Account(Box<FoundAccount>),
    Other(Connected),
}

impl Found {
    fn account(
        name: &'static str,
        checked: Checked,
        platform: Arc<dyn Platform>,
        secret: Zeroizing<String>,
    ) -> Self {
        Self::Account(Box::new(FoundAccount {
            name,
            checked,
            platform,
            secret,
            expires_at: None,
            page: None,
        }))
    }
}

/// Names of the permissions behind the three reads that every account needs.
struct Reads {
    profile: &'static str,
    posts: &'static str,
    comments: &'static str,
}

const FACEBOOK_READS: Reads = Reads {
    profile: "pages_show_list",
    posts: "pages_read_engagement",
    comments: "pages_read_user_content",
};
const GOOGLE_READS: Reads = Reads {
    profile: SCOPES[0],
    posts: SCOPES[0],
    comments: SCOPES[0],
};

/// What a bot may do in a group, as the platform names it. Without the first two there would be nothing to read.
fn rights_of_a_bot(rights: &Rights) -> Vec<Permission> {
    [
        ("member", rights.is_member, NeededFor::Profile, true),
        (
            "can_read_all_group_messages",
            rights.reads_all_messages,
            NeededFor::Comments,
            true,
        ),
        (
            "can_send_messages",
            rights.can_send_messages,
            NeededFor::Answers,
            false,
        ),
        (
            "can_delete_messages",
            rights.can_delete_messages,
            NeededFor::Deleting,
            false,
        ),
        (
            "can_restrict_members",
            rights.can_restrict_members,
            NeededFor::Banning,
            false,
        ),
    ]
    .into_iter()
    .map(|(name, has, needed_for, is_vital)| Permission {
        name,
        granted: if has { Granted::Yes } else { Granted::No },
        needed_for,
        is_vital,
    })
    .collect()
}

/// The reads of later, in the order in which each needs the one before. Errors other than a missing permission end
/// the check.
async fn check(platform: &dyn Platform, reads: &Reads) -> Result<Result<Checked, Vec<Permission>>, AppError> {
    let mut permissions: Vec<Permission> = Vec::new();
    let mut note = |name: &'static str, granted: Granted, needed_for: NeededFor| {
        let known = permissions.iter_mut().find(|permission| permission.name == name);
        match known {
            Some(permission) if granted == Granted::No => {
                permission.granted = granted;
                permission.needed_for = needed_for;
            }
            Some(permission) if permission.granted == Granted::Unknown => permission.granted = granted,
            Some(_) => {}
            None => permissions.push(Permission {
                name,
                granted,
                needed_for,
                is_vital: true,
            }),
        }
    };
    let profile = allowed(platform.profile().await)?;
    note(reads.profile, granted(&profile), NeededFor::Profile);
    let Some(profile) = profile else {
        return Ok(Err(permissions));
    };
    let posts = allowed(platform.posts(None).await)?;
    note(reads.posts, granted(&posts), NeededFor::Posts);
    let newest = posts.as_ref().and_then(|page| page.items.iter().find_map(read));
    match newest {
        Some(post) => {
            let comments = allowed(platform.comments(&post.id, None).await)?;
            note(reads.comments, granted(&comments), NeededFor::Comments);
        }
        None => note(reads.comments, Granted::Unknown, NeededFor::Comments),
    }
    let is_refused = permissions
        .iter()
        .any(|permission| permission.is_vital && permission.granted == Granted::No);
    Ok(if is_refused {
        Err(permissions)
    } else {
        Ok(Checked { profile, permissions })
    })
}

fn read(element: &Element<RemotePost>) -> Option<&RemotePost> {
    match element {
        Element::Read(post) => Some(post),
        Element::Malformed { .. } => None,
    }
}

/// `None` where the permission is missing.
fn allowed<T>(answer: Result<T, PlatformError>) -> Result<Option<T>, AppError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(PlatformError::PermissionMissing { detail }) => {
            tracing::info!(detail, "a permission is missing");
            Ok(None)
        }
        Err(error) => Err(EngineError::from(error).into()),
    }
}

fn granted<T>(answer: &Option<T>) -> Granted {
    match answer {
        Some(_) => Granted::Yes,
        None => Granted::No,
    }
}

fn given(text: &str, what: &str) -> Result<Zeroizing<String>, AppError> {
    match text.trim() {
        "" => Err(EngineError::Invalid(what.to_owned()).into()),
        text => Ok(Zeroizing::new(text.to_owned())),
    }
}

impl App {
    /// Connects an account, or connects it again with new credentials. `base_url` stands in for the platform's own
    /// address. `show` opens an address in the system's browser, where the platform asks for that.
    pub async fn connect(
        &self,
        credentials: Credentials,
        base_url: Option<&str>,
        drafts_from: intake::DraftsFrom,
        show: impl FnOnce(&Url) -> Result<(), String> + Send,
    ) -> Result<Connected, AppError> {
        let found = self.find(credentials, base_url, show).await?;
        self.keep_found(found, base_url, drafts_from).await
    }

    /// Everything of [`App::connect`] before the first thing is kept: may be dropped at any moment.
    pub(super) async fn find(
        &self,
        credentials: Credentials,
        base_url: Option<&str>,
        show: impl FnOnce(&Url) -> Result<(), String> + Send,
    ) -> Result<Found, AppError> {
        if self.needs_secret_choice() {
            return Err(self.secrets_missing());
        }
        if let Some(why) = self.faults.of("instagram") {
            return Err(EngineError::Invalid(format!("mend the settings file first: {why}")).into());
        }
        if let Some(address) = base_url {
            engine::settings::check_endpoint("base_url", address)?;
        }
        match credentials {
            Credentials::InstagramToken(token) => self.instagram_account(&token, base_url).await,
            Credentials::InstagramCode {
                app,
                redirect,
                address,
            } => self.instagram_by_code(app, &redirect, &address, base_url).await,
            Credentials::InstagramPage { token, page } => {
                self.instagram_by_page(&token, page, base_url).await
            }
            Credentials::FacebookToken { token, page } => self.page(&token, page, base_url).await,
            Credentials::Google { client, language } => self.channel(client, language, base_url, show).await,
            Credentials::Telegram { token, chat } => self.group(&token, &chat, base_url).await,
        }
    }

    /// The rest of it, which has to come to its end.
    pub(super) async fn keep_found(
        &self,
        found: Found,
        base_url: Option<&str>,
        drafts_from: intake::DraftsFrom,
    ) -> Result<Connected, AppError> {
        match found {
            Found::Account(account) => self.keep(*account, base_url, drafts_from).await,
            Found::Other(connected) => Ok(connected),
        }
    }

    async fn page(
        &self,
        token: &str,
        wanted: Option<PlatformId>,
        base_url: Option<&str>,
    ) -> Result<Found, AppError> {
        let token = given(token, "token: paste the token of the page, or your own")?;
        let settings = self.settings();
        let login = self.facebook_login(&token, base_url)?;
        let pages = match Managed::by(&login).await? {
            Managed::Pages(pages) => pages,
            Managed::IsOfPage | Managed::NotAllowed => Vec::new(),
        };
        let token = match (pages.as_slice(), wanted) {
            ([], _) => token,
            ([only], None) => only.token.clone(),
            (several, None) => {
                let choices = several.iter().map(|page| PageChoice {
                    id: page.id.clone(),
                    name: page.name.clone(),
                    can_moderate: page.can_moderate,
                });
                return Ok(Found::Other(Connected::ChoosePage(choices.collect())));
            }
            (several, Some(wanted)) => match several.iter().find(|page| page.id == wanted) {
                Some(page) => page.token.clone(),
                None => {
                    return Err(EngineError::Invalid(format!(
                        "page_id: {wanted} is none of the pages that this token manages"
                    ))
                    .into());
                }
            },
        };
        let stranger = self.connections.facebook(base_url, &token, None, &settings)?;
        let mut checked = match check(stranger.as_ref(), &FACEBOOK_READS).await? {
            Ok(checked) => checked,
            Err(missing) => return Ok(Found::Other(Connected::Missing(missing))),
        };
        for (name, needed_for) in [
            ("pages_manage_engagement", NeededFor::Moderation),
            ("pages_messaging", NeededFor::PrivateReplies),
        ] {
            checked.permissions.push(Permission {
                name,
                granted: Granted::Unknown,
                needed_for,
                is_vital: false,
            });
        }
        let id = Some(checked.profile.id.clone());
        let platform = self.connections.facebook(base_url, &token, id, &settings)?;
        Ok(Found::account(FACEBOOK, checked, platform, token))
    }

    fn facebook_login(&self, token: &str, base_url: Option<&str>) -> Result<FacebookLogin, AppError> {
        let config = FacebookLoginConfig {
            base_url: crate::connections::facebook_at(base_url)?,
            version: self.settings().instagram.version,
            token: Zeroizing::new(token.to_owned()),
            clock: self.connections.clock(),
            http: self.connections.http(),
            total_timeout: CALL_TIMEOUT,
            read_retries: ReadRetries::default(),
        };
        Ok(FacebookLogin::new(config).map_err(EngineError::from)?)
    }

    async fn channel(
        &self,
        client: OAuthClient,
        language: PageLanguage,
        base_url: Option<&str>,
        show: impl FnOnce(&Url) -> Result<(), String> + Send,
    ) -> Result<Found, AppError> {
        if client.id.trim().is_empty() || client.secret.trim().is_empty() {
            let why = "client_id, client_secret: paste both from the Google Cloud console";
            return Err(EngineError::Invalid(why.to_owned()).into());
        }
        let sign_in = SignIn::prepare(SignInConfig {
            endpoints: google_at(base_url)?,
            client: client.clone(),
            language,
            clock: self.connections.clock(),
            http: self.connections.http(),
            timeout: CALL_TIMEOUT,
        })
        .await
        .map_err(told)?;
        show(sign_in.address()).map_err(|why| {
            anyhow::anyhow!(
                "the browser could not be opened ({why}); open this address yourself: {}",
                sign_in.address()
            )
        })?;
        let tokens = match sign_in.finish(SIGN_IN_WITHIN).await {
            Ok(tokens) => tokens,
            Err(SignInError::ScopeMissing { .. }) => {
                return Ok(Found::Other(Connected::Missing(vec![Permission {
                    name: SCOPES[0],
                    granted: Granted::No,
                    needed_for: NeededFor::Comments,
                    is_vital: true,
                }])));
            }
            Err(error) => return Err(told(error)),
        };
        let stranger = self
            .connections
            .youtube(base_url, client.clone(), tokens.clone(), None)?;
        let checked = match check(stranger.as_ref(), &GOOGLE_READS).await? {
            Ok(checked) => checked,
            Err(missing) => return Ok(Found::Other(Connected::Missing(missing))),
        };
        // Held comments are listed for the channel's owner only: a manager's sign-in would miss them.
        if let Err(error) = platform_held(stranger.as_ref()).await {
            tracing::info!(%error, "held comments cannot be listed");
        }
        let id = checked.profile.id.clone();
        let platform =
            self.connections
                .youtube(base_url, client.clone(), tokens.clone(), Some(id.clone()))?;
        self.connections.keep_google_client(id.as_str(), &client).await?;
        Ok(Found::account(YOUTUBE, checked, platform, tokens.to_secret()))
    }

    /// Updates are asked for once, as later, and none of them is confirmed: what waits is taken in by the first look.
    async fn group(&self, token: &str, chat: &str, base_url: Option<&str>) -> Result<Found, AppError> {
        let token = given(token, "token: paste the token that BotFather gave for your bot")?;
        let chat = given(chat, "chat: name the channel or its discussion group")?;
        let bot = self.connections.telegram_bot(base_url, &token)?;
        let Some(found) = allowed(bot.group(&chat).await)? else {
            return Ok(Found::Other(Connected::Missing(vec![Permission {
                name: "member",
                granted: Granted::No,
                needed_for: NeededFor::Profile,
                is_vital: true,
            }])));
        };
        let permissions = rights_of_a_bot(&found.rights);
        if permissions
            .iter()
            .any(|permission| permission.is_vital && permission.granted == Granted::No)
        {
            return Ok(Found::Other(Connected::Missing(permissions)));
        }
        bot.try_updates().await.map_err(EngineError::from)?;
        let platform = self.connections.telegram(base_url, &token, found.group)?;
        let secret = bot_to_secret(&token, found.group)?;
        let checked = Checked {
            profile: RemoteProfile {
                id: found.id,
                username: found.username,
                name: found.title,
            },
            permissions,
        };
        Ok(Found::account(TELEGRAM, checked, platform, secret))
    }

    /// A bot's updates are given out once: two groups would take them from each other.
    async fn require_bot_of_its_own(&self, secret: &str, group: &PlatformId) -> Result<(), AppError> {
        let bot = bot_of_secret(secret)?;
        let accounts = self.engine()?.context().storage.accounts().await?;
        for other in accounts.iter().filter(|account| {
            account.platform == TELEGRAM && account.platform_id != *group && account.disconnected_at.is_none()
        }) {
            if self.connections.bot_of_group(&other.platform_id).await? == Some(bot) {
                return Err(EngineError::Invalid(format!(
                    "token: this bot moderates {} already; each group needs a bot of its own",
                    other.username
                ))
                .into());
            }
        }
        Ok(())
    }

    /// The secret is kept before the account is known to the database: one without the other would be an account that
    /// cannot sign in.
    async fn keep(
        &self,
        account: FoundAccount,
        base_url: Option<&str>,
        drafts_from: intake::DraftsFrom,
    ) -> Result<Connected, AppError> {
        let FoundAccount {
            name,
            checked,
            platform,
            secret,
            expires_at,
            page,
        } = account;
        self.open_own().await?;
        if name == TELEGRAM {
            self.require_bot_of_its_own(&secret, &checked.profile.id).await?;
        }
        let secret_name = token_name(name, checked.profile.id.as_str());
        self.secrets.set(&secret_name, &secret).await?;
        let engine = self.engine()?;
        let context = engine.context();
        let account =
            intake::connect_account(context, name, checked.profile, platform, false, drafts_from).await?;
        // An id may be used again: nothing of another account's may hold for this one.
        let key = base_url_key(account.id);
        match base_url {
            Some(address) => context.storage.set_meta(&key, address).await?,
            None => context.storage.forget_meta(&key).await?,
        }
        match page {
            Some(page) => {
                context
                    .storage
                    .set_meta(&page_key(account.id), page.as_str())
                    .await?
            }
            None => context.storage.forget_meta(&page_key(account.id)).await?,
        }
        forget_renewals(&context.storage, account.id).await?;
        context.storage.note_token_expiry(account.id, expires_at).await?;
        if expires_at.is_some() {
            // It was given out this moment.
            note_renewed(&context.storage, account.id, context.now()).await?;
        }
        let permissions: Vec<_> = checked.permissions.iter().map(permission_view).collect();
        context.storage.note_permissions(account.id, &permissions).await?;
        tracing::info!(account = %account.username, platform = name, "connected");
        Ok(Connected::Account {
            id: account.id,
            permissions: checked.permissions,
        })
    }

    /// Forgets what signs an account in. The platform is not asked to: the user takes the app's access away there.
    pub async fn forget_sign_in(&self, platform: &str, id: &PlatformId) -> Result<(), AppError> {
        self.secrets.delete(&token_name(platform, id.as_str())).await?;
        if platform == YOUTUBE {
            self.secrets.delete(&client_name(id.as_str())).await?;
        }
        Ok(())
    }
}

async fn platform_held(platform: &dyn Platform) -> Result<(), PlatformError> {
    platform
        .account_comments(Visibility::HeldForReview, None)
        .await
        .map(drop)
}

/// What a person can do about it is in the message.
fn told(error: SignInError) -> AppError {
    match error {
        SignInError::Platform(error) => EngineError::from(error).into(),
        other => EngineError::Invalid(other.to_string()).into(),
    }
}
