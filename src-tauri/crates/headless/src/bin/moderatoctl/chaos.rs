//! `chaos`: this very program against the simulator, through random faults, kills and clocks that are set wrong.
//!
//! The simulator runs here; the program under test is a child that is killed and started again every few seconds.
//! In the end the faults stop, the child works until it is idle, and what the platform holds is compared with what the
//! child wrote down. The seed decides what happens; when it happens depends on the machine.

mod program;
mod trouble;
mod verdict;
mod world;

use crate::output::Output;
use anyhow::{Context as _, bail};
use clap::Args;
use program::Program;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use simulator::{Simulator, SimulatorConfig};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use trouble::Trouble;
use verdict::Verdict;
use world::World;

/// The child lives between these, in milliseconds; a start takes it a second or two.
const SHORTEST_LIFE_MS: u64 = 1_500;
const LONGEST_LIFE_MS: u64 = 9_000;
/// Of all ends of the child; the others are asked for politely.
const KILLED_PERCENT: u32 = 80;
/// Of all lives: those before which the sign-in of an account ends; it is connected again after them.
const REVOKED_PERCENT: u32 = 15;
/// Of all lives: those that end by a kill right after the platform took a reply and before the program heard of it.
const AMBUSH_PERCENT: u32 = 40;
/// No clock is set further in one go.
const CLOCK_STEP_MS: i64 = 10 * 60 * 1_000;
/// For a rest that the platform asked for: the last runs begin as much later than the ones before.
const LATER_MS: i64 = 3 * 60 * 60 * 1_000;
const LAST_RUNS: usize = 6;

#[derive(Args, Clone)]
pub struct Plan {
    #[arg(long)]
    pub seed: u64,
    /// How long faults and kills go on.
    #[arg(long, default_value_t = 3.0)]
    pub minutes: f64,
    #[arg(long, default_value_t = 10_000)]
    pub comments: usize,
    /// Decisions of staff: replies, some taken back, some comments hidden.
    #[arg(long, default_value_t = 3_000)]
    pub actions: usize,
    /// As if the program forgot before each start what it was sending: doubled replies are to be expected.
    #[arg(long)]
    pub without_intents: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Keep the data folder and the ledger here.
    #[arg(long)]
    pub keep: Option<PathBuf>,
}

pub async fn chaos(plan: Plan, out: &mut Output) -> anyhow::Result<()> {
    let folder = match &plan.keep {
        Some(folder) => folder.clone(),
        None => std::env::temp_dir().join(format!("moderato-chaos-{}-{}", plan.seed, std::process::id())),
    };
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let ran = run(&plan, &folder).await;
    if plan.keep.is_none() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    let verdict = ran?;
    if plan.json {
        out.line(serde_json::to_string(&verdict)?)?;
    } else {
        verdict.say(out)?;
    }
    match verdict.holds() {
        true => Ok(()),
        false => bail!("what the platform holds is not what was decided"),
    }
}

async fn run(plan: &Plan, folder: &Path) -> anyhow::Result<Verdict> {
    let started = Instant::now();
    let mut random = StdRng::seed_from_u64(plan.seed);
    let mut world = World::new(plan.comments, plan.actions, &mut random);
    let simulator = Simulator::start(SimulatorConfig {
        bind: SocketAddr::from(([127, 0, 0, 1], 0)),
        journal: None,
        seed: world.take_seed(),
    })
    .await?;
    let mut program = Program::new(folder, &world.decisions)?;
    for account in &world.accounts {
        program.connect(&simulator.base_url(), account).await?;
    }
    let mut trouble = Trouble::new(simulator.base_url(), simulator.ledger());
    trouble.push_to(program.receive().await?);
    let mut kills = 0;
    let end = started + Duration::from_secs_f64(plan.minutes * 60.0);
    while Instant::now() < end {
        trouble.stir(&mut random, &mut world).await?;
        let signed_out = match random.random_range(0..100) < REVOKED_PERCENT {
            true => Some(trouble.revoke(&mut random, &world).await?),
            false => None,
        };
        let lives = Duration::from_millis(random.random_range(SHORTEST_LIFE_MS..LONGEST_LIFE_MS));
        let is_ambush = random.random_range(0..100) < AMBUSH_PERCENT;
        if is_ambush {
            trouble.lay_ambush().await?;
        }
        let mut child = program.start()?;
        let caught = trouble.watch(&mut random, lives, is_ambush).await?;
        if caught || random.random_range(0..100) < KILLED_PERCENT {
            child.kill().await?;
            kills += 1;
        } else {
            child.stop().await?;
        }
        trouble.calm().await?;
        if let Some(account) = signed_out {
            let account = trouble.sign_in(account).await?;
            program.connect(&simulator.base_url(), &account).await?;
        }
        program.set_clock(random.random_range(-CLOCK_STEP_MS / 2..CLOCK_STEP_MS));
        if plan.without_intents {
            program.forget_intents().await?;
        }
    }
    world.send_the_rest(&mut trouble).await?;
    trouble.show_everything().await?;
    trouble.push_no_more().await?;
    for _ in 0..LAST_RUNS {
        program.set_clock(LATER_MS);
        if program.work_until_idle().await? {
            break;
        }
    }
    let verdict = Verdict::reach(plan, &world, &simulator.ledger(), &trouble, &program).await;
    if plan.keep.is_some() {
        let ledger = serde_json::to_string_pretty(&simulator.ledger().entries())?;
        std::fs::write(folder.join("ledger.json"), ledger).context("keeping the ledger")?;
    }
    simulator.stop().await;
    let mut verdict = verdict?;
    verdict.kills = kills;
    verdict.seconds = started.elapsed().as_secs_f64();
    Ok(verdict)
}

/// How often each kind of fault struck, and what people did.
type Counts = BTreeMap<String, u64>;
