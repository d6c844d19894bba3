//! Every error that a person can meet has one code here, what is wrong and what to do, in both languages.
//! `contract/error-codes.md` is generated from this table. Codes are a contract: add, never rename.

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorEntry {
    pub code: ErrorCode,
    /// The code on the wire, in a problem's `code` and at the end of its `type`.
    pub name: &'static str,
    /// The HTTP status that carries it.
    pub status: u16,
    pub what_zh: &'static str,
    pub what_en: &'static str,
    pub do_zh: &'static str,
    pub do_en: &'static str,
}

macro_rules! error_codes {
    ($($variant:ident $name:literal $status:literal [$what_zh:literal, $what_en:literal] [$do_zh:literal, $do_en:literal];)*) => {
        /// A code of the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($variant,)* }

        impl ErrorCode {
            pub const ALL: &'static [ErrorEntry] = &[
                $(ErrorEntry { code: ErrorCode::$variant, name: $name, status: $status,
                    what_zh: $what_zh, what_en: $what_en, do_zh: $do_zh, do_en: $do_en },)*
            ];

            pub const fn entry(self) -> &'static ErrorEntry {
                &Self::ALL[self as usize]
            }
        }
    };
}

error_codes! {
    Malformed "malformed" 400 ["请求无法读懂", "The request can't be read"] ["检查格式后重新提交", "Check the format and send it again"];
    Invalid "invalid" 422 ["有内容不符合要求", "Some values are not acceptable"] ["按各栏提示改正后重新提交", "Correct the fields named below and send again"];
    TooLarge "too_large" 413 ["内容过大", "The content is too large"] ["压缩或分次提交", "Make it smaller or send it in parts"];
    UnsupportedMedia "unsupported_media" 415 ["不支持这种内容类型", "This content type is not accepted"] ["改用说明中列出的类型", "Send one of the types listed in the detail"];
    NotSignedIn "not_signed_in" 401 ["尚未登录或登录已过期", "You are not signed in, or the sign-in has expired"] ["请重新登录", "Sign in again"];
    BadCredentials "bad_credentials" 401 ["账号或密码不对", "The login or the password is wrong"] ["核对后再试，多次失败会暂停登录", "Check both and try again; repeated failures pause sign-in"];
    LoginThrottled "login_throttled" 429 ["登录尝试过多，已暂停", "Too many sign-in attempts"] ["请按提示的秒数后再试", "Wait for the time given and try again"];
    Forbidden "forbidden" 403 ["您的角色不能做这件事", "Your role may not do this"] ["如确需办理，请联系授予角色的管理员或工作人员", "If you need it, ask an administrator or staff, who grant roles"];
    CsrfMismatch "csrf_mismatch" 403 ["安全校验未通过", "The security token doesn't match"] ["刷新页面后再试", "Reload the page and try again"];
    NotFound "not_found" 404 ["没有找到", "There is no such thing here"] ["检查链接，或从列表重新进入", "Check the link or open it from its list"];
    MethodNotAllowed "method_not_allowed" 405 ["此处不支持该操作", "This address doesn't take that method"] ["参考接口说明", "See the API description"];
    Conflict "conflict" 409 ["与现有内容冲突", "This conflicts with what is already there"] ["刷新后核对再提交", "Reload, compare, and send again"];
    Stale "stale" 409 ["页面内容已过时", "What you changed has been changed meanwhile"] ["刷新后在新版本上重新修改", "Reload and make the change on the new version"];
    IdempotencyKeyMissing "idempotency_key_missing" 400 ["缺少 Idempotency-Key", "The Idempotency-Key header is missing"] ["为每次写入生成一个唯一键", "Send a unique key with every write"];
    IdempotencyKeyReused "idempotency_key_reused" 422 ["同一个键用于不同内容", "This key was used with other content"] ["为新的内容换一个键", "Use a new key for new content"];
    TooManyRequests "too_many_requests" 429 ["请求过于频繁", "Too many requests"] ["稍后再试", "Try again a little later"];
    Overloaded "overloaded" 503 ["系统繁忙", "The hall is busy"] ["内容未丢失，请稍后再试", "Nothing was lost; try again shortly"];
    Draining "draining" 503 ["系统正在停止", "The hall is stopping"] ["稍后自动重连", "Reconnect shortly"];
    Internal "internal" 500 ["系统内部出错", "Something went wrong inside the hall"] ["请带上编号联系管理员", "Tell the administrator the request id"];
    MarkOutOfRange "mark_out_of_range" 422 ["分值超出该评分项范围", "The mark is outside the aspect's range"] ["按该项满分和步长重新打分", "Give a mark within the aspect's maximum and steps"];
    MarkKindMismatch "mark_kind_mismatch" 422 ["打分方式与评分项类型不符", "The mark's kind doesn't fit the aspect"] ["按评分项类型（测量、评判、自动、理论）打分", "Mark it as the aspect's type says"];
    MarkUnknownAspect "mark_unknown_aspect" 422 ["本场没有这个评分项", "This contest has no such aspect"] ["刷新评分表", "Reload the sheet"];
    EntryUnknown "entry_unknown" 404 ["本场没有这个检录号", "This contest has no such blind number"] ["核对选手检录号", "Check the competitor's blind number"];
    NotOnPanel "not_on_panel" 403 ["您不在该评分项的裁判组", "You are not on the panel for this"] ["联系裁判长调整分工", "Ask the chief judge to assign you"];
    Recused "recused" 403 ["与选手同单位，须回避", "You must not mark a competitor of your own union or enterprise"] ["请裁判长另派裁判", "Ask the chief judge for another judge"];
    RoundClosed "round_closed" 409 ["该轮评分已关闭", "This marking round is closed"] ["如需更正请走更正流程", "Use a correction if a mark is wrong"];
    CorrectionNeedsReason "correction_needs_reason" 422 ["更正必须写明理由", "A correction needs a reason"] ["填写理由后再提交", "Write the reason and send again"];
    ContestNotOpen "contest_not_open" 409 ["赛事当前不接受此操作", "The contest doesn't take this now"] ["查看赛事状态", "Look at the state of the contest"];
    VerdictDecided "verdict_decided" 409 ["该判定已处理", "This verdict has been decided already"] ["刷新列表", "Reload the list"];
    RunState "run_state" 409 ["计时状态不允许此操作", "The clock's state doesn't allow this"] ["查看该场次状态后再操作", "Look at the run's state first"];
    TelemetryFuture "telemetry_future" 422 ["数据时间在未来", "The samples lie in the future"] ["校准设备时钟", "Set the equipment's clock right"];
    TelemetryGap "telemetry_gap" 409 ["批次序号不连续", "A batch is missing before this one"] ["从提示的序号续传", "Send again from the number given"];
    TelemetryBadSample "telemetry_bad_sample" 422 ["样本无效", "A sample is not acceptable"] ["按提示的行号检查", "Check the line named in the detail"];
    SchemeInvalid "scheme_invalid" 422 ["评分方案有错", "The scheme has faults"] ["按列出的位置逐一改正", "Correct each place listed"];
    SheetUnreadable "sheet_unreadable" 422 ["无法读取该 Excel 文件", "This Excel file can't be read"] ["另存为 .xlsx 后再上传", "Save it as .xlsx and upload again"];
    RowsInvalid "rows_invalid" 422 ["有的行不符合要求", "Some rows are not acceptable"] ["按行号改正，或下载带批注的文件", "Correct the rows listed, or take the annotated file"];
    AlarmSettled "alarm_settled" 409 ["该问题已有答复", "This problem has been settled already"] ["刷新后查看答复", "Reload and read the answer"];
    GatewayMisplaced "gateway_misplaced" 409 ["网关的设置与赛场不符", "The gateway is set up for another place"] ["核对网关名、密钥和工位；数据留在网关中，改正后继续发送", "Check the gateway's name, key and stations; samples stay with it and are sent once that is right"];
    ResultsNotReady "results_not_ready" 409 ["还有未完成的事项，不能公布", "Something is still out, so results can't be published"] ["先处理列出的各项；确需公布的，注明理由并确认仍要公布", "Settle what is listed first; or publish even so, with a reason"];
    OtherAccount "other_account" 409 ["现在登录的是另一个账号", "Another account is signed in now"] ["请用原来的账号登录后再发", "Sign in with the account that this belongs to, then send it again"];
    RulesOnly "rules_only" 422 ["改动超出了判定规则", "More than rules was changed"] ["运行中的赛事只能改 signals、phases、rules 和各项的 policy；其余恢复原样后再试", "In a contest that was made, change signals, phases, rules and policies only; put the rest back as it was"];
    VerdictNotCounted "verdict_not_counted" 409 ["该判定没有计分，无从撤回", "This verdict doesn't count, so there is nothing to take back"] ["刷新后查看该判定现在的状态", "Reload and look at how the verdict stands"];
    RecheckState "recheck_state" 409 ["成绩核查尚不能这样做", "The recheck doesn't allow this now"] ["查看成绩核查页上的进度", "Look at where the recheck stands"];
    OwnMark "own_mark" 403 ["更正须由没有评过该项的人作出", "A mark is corrected by somebody who had no part in it"] ["请另一位有权的人办理", "Ask somebody else who may"];
    AppealLate "appeal_late" 409 ["已超过申诉时限", "The time for an appeal is over"] ["时限由本场规则集规定", "The contest's rule set says how long it is"];
    AppealState "appeal_state" 409 ["该申诉现在不能这样处理", "The appeal doesn't allow this now"] ["刷新后查看该申诉的状态", "Reload and look at how the appeal stands"];
    PressMissing "press_missing" 503 ["本系统未带排印字体，无法生成纸质文件", "This hall was built without the fonts that papers are set with"] ["请管理员先在 web/ 中运行 npm ci && npm run build，再编译程序", "Have the administrator run npm ci && npm run build in web/ and build the program again"];
    RegistrationClosed "registration_closed" 409 ["现在不接受报名", "Registration is not open now"] ["查看报名起止时间，或联系组织者", "Look at when it is open, or ask the organiser"];
    RegistrationFull "registration_full" 409 ["名额已满", "There is no place left"] ["转入候补名单，或等有名额空出", "Put the application on the waiting list, or wait until a place is free"];
    ApplicationState "application_state" 409 ["该报名现在不能这样处理", "The application doesn't allow this now"] ["刷新后查看该报名的状态", "Reload and look at how the application stands"];
    AppliedAlready "applied_already" 409 ["此人已报名本场赛事", "This person has applied for the contest already"] ["查看已有的报名", "Look at the application that is there"];
    RulesUnmet "rules_unmet" 409 ["未满足全部报名条件", "Not every condition for taking part is met"] ["查看未满足的条件；确需破例的，注明理由", "See which are not met; to make an exception, give a reason"];
    SchemeFixed "scheme_fixed" 409 ["评分方案已定，不能再替换", "The scheme is fixed and can't be replaced"] ["抽签或开赛之后只能改判定规则，请到规则台", "Once lots are drawn or the contest was opened, only rules are changed, on the rule bench"];
    SchemeMisfit "scheme_misfit" 422 ["评分方案与已有的名单不符", "The scheme doesn't fit who is entered already"] ["按列出的各项改方案，或先改名单", "Change the scheme where it is listed, or the field first"];
    SeasonInvalid "season_invalid" 422 ["赛季文件有错", "The season file has faults"] ["按列出的位置逐一改正", "Correct each place listed"];
    AdvanceState "advance_state" 409 ["晋级现在不能这样办理", "The advancement doesn't allow this now"] ["查看赛季页上两场赛事的状态", "Look at how the two contests stand on the season's page"];
    PhotoUnreadable "photo_unreadable" 422 ["无法读取这张照片", "This photograph can't be read"] ["只接受 JPEG、PNG 和静态 WebP，最长边 8192 像素；请重拍或另选一张", "JPEG, PNG and still WebP are taken, with sides up to 8192 pixels; take it again or choose another one"];
    PhotosFull "photos_full" 409 ["该项的照片已满", "There are enough photographs of this"] ["先撤回一张用不到的", "Withdraw one that isn't needed first"];
    MarksClosed "marks_closed" 409 ["评分已封存", "Marks are closed"] ["有误的得分由成绩复核或申诉更正", "What is wrong is corrected by the recheck, or on appeal"];
    NotAsDeclared "not_as_declared" 409 ["与规则集所声明的不符", "It is not as the rule set declares"] ["先办好列出的各项；确需如此的，注明理由并确认仍要进行", "See to what is listed first; or go on even so, with a reason"];
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.entry().name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_line() {
        for (at, entry) in ErrorCode::ALL.iter().enumerate() {
            assert_eq!(entry.code as usize, at);
            assert_eq!(entry.code.entry().name, entry.name);
            assert!((400..600).contains(&entry.status), "{}", entry.name);
            assert_eq!(ErrorCode::ALL.iter().filter(|other| other.name == entry.name).count(), 1, "{}", entry.name);
        }
    }
}
