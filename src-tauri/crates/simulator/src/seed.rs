use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// What the platform holds before anyone writes to it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Seed {
    pub accounts: Vec<SeedAccount>,
    pub posts: Vec<SeedPost>,
    /// In any order: a reply may come before the comment it answers.
    pub comments: Vec<SeedComment>,
}

/// Where an account is at home, and so in which dialect it answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeedPlatform {
    #[default]
    Instagram,
    /// The account is a channel, its posts are videos: the first line of a caption is the title.
    Youtube,
    /// The account is a Facebook Page; ids are `<page>_<post>` and `<post>_<comment>`.
    Facebook,
    /// The account is the discussion group of a channel, as a bot sees it; posts are the messages that the platform
    /// copied there. All ids are whole numbers.
    Telegram,
}

/// A professional account or a channel whose token the simulator accepts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeedAccount {
    #[serde(default)]
    pub platform: SeedPlatform,
    /// The professional account id: `user_id` of `/me`, the one that works in `/{ig-id}/media`. For a channel its
    /// id, `UC…`; for a group its number, `-100…`.
    pub id: String,
    /// For a channel its handle, without the `@`.
    pub username: String,
    #[serde(default)]
    pub name: String,
    /// For a channel an access token that was granted every permission, counted against the project `simulator`; for a
    /// group the token of its bot, `<bot id>:…`.
    pub token: String,
    /// Unix milliseconds; absent means that the token does not run out.
    #[serde(default)]
    pub token_expires_at: Option<i64>,
    /// `id` of `/me`, which opens nothing else. YouTube channels have none; for a group the number of its channel.
    #[serde(default)]
    pub app_scoped_id: String,
}

impl SeedAccount {
    /// The account that [`crate::seed_from_files`] puts a post under when its row names none.
    pub fn sample() -> Self {
        Self {
            platform: SeedPlatform::Instagram,
            id: "17841400000000001".into(),
            username: "sample.brand".into(),
            name: "Sample brand".into(),
            token: "simulator-token".into(),
            token_expires_at: None,
            app_scoped_id: "24000000000000001".into(),
        }
    }

    /// A Facebook Page to put posts under.
    pub fn sample_page() -> Self {
        Self {
            platform: SeedPlatform::Facebook,
            id: "2121008874780932".into(),
            username: "samplebrand.page".into(),
            name: "Sample brand".into(),
            token: "simulator-page-token".into(),
            token_expires_at: None,
            app_scoped_id: String::new(),
        }
    }

    /// The discussion group of a Telegram channel to put posts into, with a bot that is its administrator.
    pub fn sample_group() -> Self {
        Self {
            platform: SeedPlatform::Telegram,
            id: "-1001700000000001".into(),
            username: "samplebrand_talk".into(),
            name: "Sample brand: talk".into(),
            token: "4700000001:AAsimulator-bot-token".into(),
            token_expires_at: None,
            app_scoped_id: "-1001700000000002".into(),
        }
    }

    /// A YouTube channel to put videos under.
    pub fn sample_channel() -> Self {
        Self {
            platform: SeedPlatform::Youtube,
            id: "UCsimulatorSampleBrand01".into(),
            username: "samplebrand".into(),
            name: "Sample brand".into(),
            token: "simulator-channel-token".into(),
            token_expires_at: None,
            app_scoped_id: String::new(),
        }
    }
}

/// A picture, carousel, video or reel that people comment on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedPost {
    pub id: String,
    pub account_id: String,
    #[serde(default)]
    pub caption: Option<String>,
    /// `IMAGE`, `VIDEO` or `CAROUSEL_ALBUM`; empty is `IMAGE`.
    #[serde(default)]
    pub media_type: String,
    /// `FEED`, `REELS`, `STORY` or `AD`; empty is `FEED`. Stories are not listed.
    #[serde(default)]
    pub media_product_type: String,
    /// Empty is made from the id, as the account's platform spells it.
    #[serde(default)]
    pub permalink: String,
    pub timestamp_ms: i64,
    /// Absent when the owner hides the number.
    #[serde(default)]
    pub like_count: Option<u64>,
    #[serde(default = "enabled")]
    pub comments_enabled: bool,
    #[serde(default)]
    pub picture: Option<SeedPicture>,
}

/// The bytes served as `media_url` (`thumbnail_url` for a video). Base64 in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedPicture {
    pub content_type: String,
    #[serde(with = "base64_bytes")]
    pub bytes: Vec<u8>,
}

/// What a person wrote under a post.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedComment {
    pub id: String,
    pub post_id: String,
    /// A reply to a reply is moved to the thread, as the platform does.
    #[serde(default)]
    pub parent_id: Option<String>,
    /// Equal to the account's id for the brand's own comments.
    #[serde(default)]
    pub author_id: Option<String>,
    #[serde(default)]
    pub username: Option<String>,
    pub text: String,
    pub timestamp_ms: i64,
    #[serde(default)]
    pub like_count: u64,
}

fn enabled() -> bool {
    true
}

mod base64_bytes {
    use super::{Engine, STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(D::Error::custom)
    }
}
