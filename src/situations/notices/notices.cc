#include "situations/notices/notices.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

#include <algorithm>

#include "runtime/mutex.h"
#include "runtime/refusal.h"
#include "situations/notices/dispatcher.h"
#include "situations/notices/ledger.h"
#include "situations/notices/outbox.h"
#include "situations/notices/signature.h"
#include "situations/notices/tally.h"
#include "situations/notices/targets.h"
#include "situations/situation_json.h"

namespace madang::situations::notices {
namespace {

Result<void> start_sodium() {
  if (sodium_init() < 0) return fail(Code::kInternal, "the cryptographic library cannot be started");
  return {};
}

Result<void> check(Notices::Options const& options) {
  auto const& mail = options.mail;
  if (mail.url.empty()) return {};
  if (!mail.url.starts_with("smtp://") && !mail.url.starts_with("smtps://"))
    return fail(Code::kInvalid, fmt::format("mail.smtp_url: smtp://HOST:PORT or smtps://HOST:PORT expected, not \"{}\"", mail.url));
  if (mail.user.empty() != mail.password.empty())
    return fail(Code::kInvalid, "mail.user and mail.password_file: both or none expected");
  if (auto const from = check_email(options.mail_from); !from)
    return fail(Code::kInvalid, fmt::format("mail.from: {}", from.error().sentence));
  return {};
}

/// What hooks into the transactions of Situations outlives the deliveries, so that a late change still writes what is due because of it.
struct Desk {
  Tallies tallies;
  Ledger ledger;
  runtime::Mutex mutex;
  std::vector<Dispatcher*> dispatchers MADANG_GUARDED_BY(mutex);  ///< while there are some

  Desk(Notices::Needs const& needs) : tallies(needs.metrics, needs.clock), ledger(needs.city, needs.clock, tallies) {}
  void wake() {
    runtime::Lock const lock(mutex);
    for (auto* const dispatcher : dispatchers) dispatcher->wake();
  }
};

std::string lease_of(Channel channel) { return fmt::format("notices {}", name_of(channel)); }

Dispatcher::Options dispatching(Channel channel, Notices::Needs const& needs, Notices::Options const& options) {
  return {.channel = channel,
          .lease = lease_of(channel),
          .sender = {needs.publisher.city, needs.publisher.base_address, options.mail_from},
          .mail = options.mail,
          .webhooks = options.webhooks,
          .pace = options.pace,
          .waits = options.waits};
}

class RunningNotices final : public Notices {
 public:
  RunningNotices(Needs const& needs, Options const& options)
      : desk_(std::make_shared<Desk>(needs)),
        webhooks_({needs.records, needs.messages, needs.clock, desk_->ledger, desk_->tallies, needs.leases},
                  dispatching(Channel::kWebhook, needs, options)),
        mails_({needs.records, needs.messages, needs.clock, desk_->ledger, desk_->tallies, needs.leases},
               dispatching(Channel::kEmail, needs, options)) {
    desk_->dispatchers = {&webhooks_, &mails_};
    needs.situations.add_transaction_hook([desk = desk_](soci::session& sql, Situations::Change const& change) {
      return desk->ledger.add_notices(sql, change);
    });
    needs.situations.listen([desk = desk_](Situations::Change const&) { desk->wake(); });
  }
  ~RunningNotices() override { stop(); }

  void wake() override { desk_->wake(); }
  void stop() override {
    {
      runtime::Lock const lock(desk_->mutex);
      desk_->dispatchers.clear();
    }
    webhooks_.begin_to_stop();
    mails_.begin_to_stop();
    webhooks_.stop();
    mails_.stop();
  }

 private:
  std::shared_ptr<Desk> desk_;
  Dispatcher webhooks_;
  Dispatcher mails_;
};

/// The Situation that a test tells of: it has no number, and says what it is.
Situation example(runtime::Messages const& messages, Instant now) {
  Situation s;
  auto text = [&](std::string_view key) {
    city::Name name;
    for (auto const& language : messages.languages()) name.by_language.insert_or_assign(language, messages.text(language, key));
    return name;
  };
  s.signal.source = "test";
  s.signal.kind = "test";
  s.signal.headline = text("notice.test_headline");
  s.signal.description = text("notice.test_description");
  s.signal.instruction = text("notice.test_instruction");
  s.signal.since = s.raised_at = s.updated_at = s.seen_at = now;
  s.signal.is_public = true;
  s.signal.simulated = true;
  s.version = 1;
  return s;
}

}  // namespace

Result<std::unique_ptr<Subscribers>> Subscribers::open(Needs needs, Options options) {
  MADANG_CHECK(start_sodium());
  MADANG_CHECK(migrate(needs.records));
  return std::unique_ptr<Subscribers>(new Subscribers(needs, options));
}

std::vector<Channel> Subscribers::channels() const {
  return options_.mail ? std::vector{Channel::kEmail, Channel::kWebhook} : std::vector{Channel::kWebhook};
}

Result<void> Subscribers::check_target(Subscriber const& subscriber) const {
  // First: who mended an address for it would have done so for nothing.
  if (subscriber.channel == Channel::kEmail && !options_.mail)
    return runtime::refuse_field(Code::kUnsupported, "channel", "refusal.subscriber.no_mail");
  MADANG_CHECK(check(subscriber));
  auto const& languages = needs_.messages.languages();
  if (!subscriber.language.empty() && std::ranges::find(languages, subscriber.language) == languages.end())
    return runtime::refuse_field(Code::kInvalid, "language", "refusal.subscriber.language",
                                 {{"languages", fmt::format("{}", fmt::join(languages, ", "))}, {"language", subscriber.language.substr(0, 40)}});
  for (auto const area : subscriber.filter.areas)
    if (!needs_.city.area(area)) return runtime::refuse_field(Code::kInvalid, "areas", "refusal.subscriber.area", {{"id", std::to_string(area.value())}});
  if (subscriber.channel == Channel::kWebhook && !options_.allow_private_addresses)
    return check_url_is_public(subscriber.address);
  return {};
}

Result<Subscriber> Subscribers::add(Subscriber subscriber, Actor const& by) {
  if (subscriber.channel == Channel::kEmail)
    subscriber.secret.clear();
  else if (subscriber.secret.empty())
    subscriber.secret = new_secret();
  MADANG_CHECK(check_target(subscriber));
  subscriber.created_at = needs_.clock.now();
  MADANG_TRY(subscriber.id, store_.add(subscriber, {subscriber.created_at, by}));
  return subscriber;
}

Result<Subscriber> Subscribers::change(Subscriber subscriber, Actor const& by) {
  MADANG_TRY(auto const old, store_.find(subscriber.id));
  subscriber.channel = old.channel;
  if (subscriber.secret.empty()) subscriber.secret = old.secret;
  MADANG_CHECK(check_target(subscriber));
  if (!subscriber.paused) subscriber.paused_because.clear();
  MADANG_CHECK(store_.change(subscriber, {needs_.clock.now(), by}));
  return store_.find(subscriber.id);
}

Result<void> Subscribers::test(SubscriberId id) {
  MADANG_TRY(auto const subscriber, store_.find(id));
  if (subscriber.paused) return runtime::refuse(Code::kConflict, "refusal.subscriber.paused");
  auto const now = needs_.clock.now();
  auto const s = example(needs_.messages, now);
  Content const content{situation_json(s, needs_.city, Audience::kPublic), situation_json(s, needs_.city, Audience::kOperators)};
  std::vector<Recipient> const recipient{{id, Event::kTest}};
  auto const work = [&](soci::session& sql) -> Result<void> {
    auto const lost = enqueue(sql, SituationId{}, content, recipient, now, [](std::int64_t) { return true; });
    if (lost.empty()) return {};
    return runtime::refuse(Code::kOverloaded, "refusal.subscriber.owed", {{"max", kPendingMax}});
  };
  return needs_.records.transaction(work);
}

Result<std::unique_ptr<Notices>> Notices::start(Needs needs, Options const& options) {
  MADANG_CHECK(start_sodium());
  MADANG_CHECK(check(options));
  MADANG_CHECK(migrate(needs.records));
  Outbox outbox(needs.records, options.pace);
  MADANG_CHECK(outbox.prune());
  if (needs.leases != nullptr)
    for (auto const channel : {Channel::kWebhook, Channel::kEmail}) needs.leases->request(lease_of(channel));
  return std::make_unique<RunningNotices>(needs, options);
}

}  // namespace madang::situations::notices
