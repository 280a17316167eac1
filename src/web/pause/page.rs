//! The page of the pause.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::server_fns::{PauseAll, ResumeAll};
use crate::domain::{Pause, PauseScope};
use crate::web::context::{self, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links::Done;
use crate::web::ui::{
    DoneBanner, Field, Foreign, FormProblems, Frame, Input, Moment, StepUpFields, loaded,
};

/// Asks once before every write stops.
#[component]
pub fn PausePage() -> impl IntoView {
    let done = Done::of_page();
    loaded(load(done))
}

async fn load(done: Option<Done>) -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let pauses = context::handles()?.admin.pauses(&administrator).await?;
    let refused = context::refused().await;
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(view! { <PauseView pauses done refused around viewer /> }.into_any())
}

/// Stopping, or going on, and whatever else is paused.
#[component]
pub fn PauseView(
    pauses: Vec<Pause>,
    done: Option<Done>,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let (all, others): (Vec<Pause>, Vec<Pause>) = pauses
        .into_iter()
        .partition(|pause| pause.scope == PauseScope::All);
    let (title, form) = match all.first() {
        Some(pause) => (
            "All writes are paused",
            resume_form(pause, &refused, viewer),
        ),
        None => ("Pause all writes", pause_form(&refused)),
    };
    view! {
        <Title text=title />
        <Frame around>
            <div class="sign-in">
                <h1>{title}</h1>
                <DoneBanner done />
                <FormProblems refused=refused.clone() />
                {form}
                {elsewhere(others)}
            </div>
        </Frame>
    }
}

fn pause_form(refused: &Refused) -> AnyView {
    view! {
        <p>
            "Nothing is written to IT Glue until you let it go on. What was approved waits and is not \
             lost; agents can still read and propose, and people can still decide. A write that is on \
             its way right now ends first."
        </p>
        <form class="form" method="post" action=PauseAll::url()>
            <Field
                state=refused.field("reason")
                label="Reason"
                input=Input::Lines(3)
                hint="Everybody reads it in the line on top."
            />
            <p class="actions">
                <button class="button button--critical">"Pause all writes"</button>
                <a class="button" href="/queue">
                    "Leave it as it is"
                </a>
            </p>
        </form>
    }
    .into_any()
}

fn resume_form(pause: &Pause, refused: &Refused, viewer: Viewer) -> AnyView {
    view! {
        <p>
            <Foreign text=pause.by.clone() />
            " paused them "
            <Moment at=pause.since />
            ":"
        </p>
        <blockquote>
            <Foreign text=pause.reason.clone() />
        </blockquote>
        <p>"What was approved meanwhile goes on as soon as you resume."</p>
        <form class="form" method="post" action=ResumeAll::url()>
            <Field
                state=refused.field("reason")
                label="What has changed"
                input=Input::Lines(3)
                is_optional=true
            />
            <StepUpFields viewer refused=refused.clone() />
            <p class="actions">
                <button class="button button--primary">"Let writes go on"</button>
            </p>
        </form>
    }
    .into_any()
}

fn elsewhere(others: Vec<Pause>) -> Option<AnyView> {
    if others.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = others
        .into_iter()
        .map(|pause| {
            view! {
                <li>
                    {pause.scope.reach().as_str()} " " <Foreign text=pause.name /> ": "
                    <Foreign text=pause.reason />
                </li>
            }
            .into_any()
        })
        .collect();
    let view = view! {
        <section aria-labelledby="others">
            <h2 id="others">"Paused one by one"</h2>
            <ul class="banner__list">{rows}</ul>
        </section>
    };
    Some(view.into_any())
}
