//! What the log says of rules and of single verdicts that were taken back.

use kernel::{RunId, VerdictId};
use marking::{AspectKind, Event, Position, Standing};
use web::wire::Text;

use super::{Arena, Logged, Tick, TickKind, Touched, VerdictNow};
use crate::event::Happened;
use crate::rules::{Candidate, Rules};

impl Arena {
    /// The rules that judge a run: those in force when it was opened, and until then those in force now.
    pub fn rules_of(&self, run: &RunId) -> &Rules {
        match self.runs.get(run).and_then(|now| now.watched.opened_by()) {
            Some(opened) => self.rules.at(opened),
            None => self.rules.in_force(),
        }
    }

    pub(super) fn fold_rules(&mut self, logged: &Logged, touched: &mut Touched) {
        match &logged.happened {
            Happened::RulesPublished { version, scheme, reason, by, .. } => {
                self.rules.publish(Rules {
                    version: *version,
                    scheme: scheme.0.clone(),
                    since: logged.position,
                    at: logged.at,
                    by: Some(by.clone()),
                    reason: Some(reason.clone()),
                });
                self.take_policies(logged.position, touched);
                // What may be asked for stands beside the state.
                touched.state = true;
            }
            Happened::RulesShadowed { scheme, reason, by } => {
                self.rules.candidate = scheme.as_ref().map(|scheme| Candidate {
                    scheme: scheme.0.clone(),
                    since: logged.position,
                    at: logged.at,
                    by: by.clone(),
                    reason: reason.clone(),
                });
            }
            _ => {}
        }
    }

    /// Rules that were published before belonged to the scheme that was replaced; its own rules are in force from here on.
    pub(super) fn fold_new_scheme(&mut self, position: i64, touched: &mut Touched) {
        self.rules.begin_anew(&self.plan);
        self.take_policies(position, touched);
        touched.state = true;
    }

    /// What was found later stands as it was found, also where a cap had left less for it.
    pub(super) fn fold_taken_back(&mut self, logged: &Logged, id: &VerdictId, reason: &str, touched: &mut Touched) {
        let Some(verdict) = self.verdicts.get_mut(id).filter(|verdict| verdict.standing != Standing::Amended) else {
            return;
        };
        verdict.standing = Standing::Rejected;
        verdict.taken_back = true;
        verdict.decided_by = logged.account.clone();
        verdict.reason = Some(reason.to_owned());
        let event = verdict.event(logged.position);
        let (run, entry, aspect) = (verdict.run.clone(), verdict.entry, verdict.aspect);
        touched.verdicts.push(id.clone());
        touched.ticks.push(Tick {
            position: logged.position,
            at: logged.at,
            entry,
            aspect: Some(aspect),
            mark: None,
            kind: TickKind::Decision,
            says: Text {
                zh: "裁判长撤回了自动判定".into(),
                en: "The chief judge took a verdict of the referee back".into(),
            },
        });
        self.aspect_at.insert((entry, aspect), logged.at);
        self.apply(&run, event, touched);
    }

    /// How a verdict stands that takes the place of another one. What a person decided on that holds for this one, if it is worth the same;
    /// if it isn't, a person is asked again.
    pub(super) fn standing_instead(&self, verdict: &mut VerdictNow, instead_of: &VerdictId) {
        let Some(old) = self.verdicts.get(instead_of).filter(|old| old.decided_by.is_some()) else { return };
        let Some(stood) = old.stood else { return };
        if (old.outcome, old.marks) == (verdict.outcome, verdict.marks) {
            verdict.standing = stood;
            (verdict.decided_by, verdict.reason) = (old.decided_by.clone(), old.reason.clone());
            verdict.taken_back = old.taken_back;
        } else if verdict.standing == Standing::Counted {
            verdict.standing = Standing::Waiting;
        }
    }

    /// The referee withdraws what it found.
    pub(super) fn fold_amended(&mut self, logged: &Logged, id: &VerdictId, because: &Text, touched: &mut Touched) {
        let Some(verdict) = self.verdicts.get_mut(id).filter(|verdict| verdict.standing != Standing::Amended) else {
            return;
        };
        self.verdicts_count -= 1;
        let counted = verdict.counts();
        verdict.stood = Some(std::mem::replace(&mut verdict.standing, Standing::Amended));
        verdict.because = Some(because.clone());
        let event = verdict.event(logged.position);
        let (run, entry, aspect) = (verdict.run.clone(), verdict.entry, verdict.aspect);
        touched.verdicts.push(id.clone());
        if counted {
            touched.ticks.push(Tick {
                position: logged.position,
                at: logged.at,
                entry,
                aspect: Some(aspect),
                mark: None,
                kind: TickKind::Amended,
                says: Text {
                    zh: "迟到的数据改变了自动判定".into(),
                    en: "Samples that came late changed a verdict of the referee".into(),
                },
            });
        }
        self.aspect_at.insert((entry, aspect), logged.at);
        self.apply(&run, event, touched);
    }

    /// From now on verdicts are worth what the rules in force say, wherever the work has not begun. Runs that were opened keep what they had.
    fn take_policies(&mut self, position: i64, touched: &mut Touched) {
        let scheme = self.rules.in_force().scheme.scheme.clone();
        let mut ruled = Vec::new();
        for (entry, seat) in self.board.field().entry_ixs().zip(&self.plan.entries) {
            for (aspect, declared) in scheme.aspect_ixs().zip(scheme.aspects()) {
                let AspectKind::Automatic { policy, .. } = declared.kind else { continue };
                let run = scheme.module(declared.module).and_then(|module| self.plan.run_for(&seat.id, &module.code));
                // What is entered by hand stays so, whatever the rules say of verdicts.
                let keeps = |now: &super::RunNow| now.watched.opened_by().is_some() || now.by_hand;
                let keeps = run.and_then(|run| self.runs.get(run)).is_some_and(keeps);
                if !keeps && self.board.policy(entry, aspect).is_some_and(|known| known != policy) {
                    ruled.push(Event::Policy { position: Position(position), entry, aspect, policy });
                }
            }
        }
        for event in ruled {
            match self.board.apply(&event) {
                Ok(changes) => touched.changes.push(changes),
                Err(refusal) => tracing::warn!(%refusal, "the board refuses a policy"),
            }
        }
    }
}
