#include "situations/commands/subscriber_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "city/parties.h"
#include "embedded_locales.h"
#include "core/language.h"
#include "modules/city_directory.h"
#include "runtime/clock.h"
#include "runtime/messages.h"
#include "runtime/shipped.h"
#include "situations/kinds.h"
#include "storage/records/records.h"
#include "storage/records/unmigrated.h"

namespace madang::situations {
namespace {

using namespace std::chrono_literals;
using notices::Channel;
using notices::Subscriber;
using notices::SubscriberId;
using notices::Subscribers;

/// Opens what subscribers need, runs `work` on it, prints an error; the exit status.
template <typename Work>
int with_subscribers(SubscriberOptions const& options, Work work, storage::RecordsUse use = storage::RecordsUse::kWrite) {
  auto run = [&]() -> Result<void> {
    auto const need = use == storage::RecordsUse::kRead ? modules::CityNeed::kThere : modules::CityNeed::kPlace;
    MADANG_CHECK(modules::find_city(options.settings, options.data_directory, need));
    runtime::SystemClock const clock;
    MADANG_TRY(auto const messages, runtime::Messages::load(embedded_locales(), options.settings.zone));
    MADANG_TRY(auto const records,
               storage::open_for(use, modules::records_address_of(options.settings, options.data_directory), clock));
    MADANG_TRY(auto const city, city::City::open(*records, clock));
    MADANG_TRY(auto const subscribers, Subscribers::open({.records = *records, .city = *city, .messages = messages, .clock = clock},
                                                         options.subscribing));
    return work(*subscribers, *city);
  };
  auto const done = run();
  if (done) return 0;
  fmt::print(stderr, "madang: {}\n", done.error().sentence);
  return 1;
}

Actor whose_program() { return {.party = {}, .name = city::machine_user().name}; }

Result<std::vector<AreaId>> areas_of(city::City const& city, std::vector<std::string> const& codes) {
  std::vector<AreaId> ids;
  auto const areas = city.areas();
  for (auto const& code : codes) {
    auto const found = std::ranges::find_if(areas, [&](auto const& area) { return area->code == code; });
    if (found == areas.end()) return fail(Code::kInvalid, fmt::format("area: there is none with the code {}", code));
    ids.push_back((*found)->id);
  }
  return ids;
}

/// What the API calls a channel follows from the address here.
Error in_words_of_command(Error error) {
  constexpr std::string_view kField = "channel: ";
  if (error.sentence.starts_with(kField)) error.sentence.replace(0, kField.size(), "address: ");
  return error;
}

void print(Subscriber const& s) {
  auto const reach = runtime::shipped_messages().text(kSourceLanguage, notices::reach_key(s));
  fmt::print("{:>4}  {:24} {:8} {:40} {:8} {:8} {:16}  owed {}, delivered {}, lost {}\n", s.id.value(), s.name,
             name_of(s.channel), s.address, name_of(s.filter.severity_min), s.filter.internal ? "internal" : "public",
             reach, s.tally.owed, s.tally.delivered, s.tally.lost());
  if (!s.paused_because.empty()) fmt::print("      paused because {}\n", s.paused_because);
  if (!s.tally.error.empty()) fmt::print("      last failure {}: {}\n", format_instant(*s.tally.error_at), s.tally.error);
}

/// Waits until a running server has delivered it or said why not.
Result<void> await_test(Subscribers& subscribers, Subscriber const& before, std::int64_t wait_s) {
  auto const rounds = wait_s * 5;
  for (std::int64_t i = 0; i < rounds; ++i) {
    std::this_thread::sleep_for(200ms);
    MADANG_TRY(auto const now, subscribers.find(before.id));
    if (now.tally.delivered > before.tally.delivered) {
      fmt::print("{} has taken it\n", now.address);
      return {};
    }
    if (!now.tally.error.empty() && now.tally.error_at != before.tally.error_at) return fail(Code::kUnavailable, now.tally.error);
  }
  fmt::print("not delivered yet; a running server does it, and the list says what became of it\n");
  return {};
}

}  // namespace

int add_subscriber(SubscriberOptions const& options) {
  return with_subscribers(options, [&](Subscribers& subscribers, city::City const& city) -> Result<void> {
    Subscriber s;
    s.name = options.name.empty() ? options.address : options.name;
    s.address = options.address;
    s.channel = s.address.find("://") == std::string::npos ? Channel::kEmail : Channel::kWebhook;
    s.language = options.language;
    MADANG_TRY(s.filter.severity_min, severity_named(options.severity));
    MADANG_TRY(s.filter.areas, areas_of(city, options.areas));
    for (auto const& kind : options.kinds) MADANG_CHECK(check_kind("--kind", kind));
    s.filter.kinds = options.kinds;
    s.filter.internal = options.internal;
    auto const entered = subscribers.add(std::move(s), whose_program());
    if (!entered) return fail(in_words_of_command(entered.error()));
    auto const& added = *entered;
    fmt::print("subscriber {} is entered\n", added.id.value());
    if (added.channel == Channel::kWebhook) fmt::print("the secret of its signatures, shown only now: {}\n", added.secret);
    return {};
  });
}

int list_subscribers(SubscriberOptions const& options) {
  return with_subscribers(options, [](Subscribers& subscribers, city::City const&) -> Result<void> {
    MADANG_TRY(auto const all, subscribers.all());
    if (all.empty()) fmt::print("there are no subscribers; enter one with: madang subscribers add ADDRESS\n");
    for (auto const& s : all) print(s);
    return {};
  }, storage::RecordsUse::kRead);
}

int remove_subscriber(SubscriberOptions const& options) {
  return with_subscribers(options, [&](Subscribers& subscribers, city::City const&) -> Result<void> {
    MADANG_CHECK(subscribers.remove(SubscriberId{options.id}, whose_program()));
    fmt::print("subscriber {} is removed; nothing more is sent to it\n", options.id);
    return {};
  });
}

int test_subscriber(SubscriberOptions const& options) {
  return with_subscribers(options, [&](Subscribers& subscribers, city::City const&) -> Result<void> {
    MADANG_TRY(auto const before, subscribers.find(SubscriberId{options.id}));
    MADANG_CHECK(subscribers.test(before.id));
    fmt::print("a test is owed to {}\n", before.address);
    return await_test(subscribers, before, options.wait_s);
  });
}

}  // namespace madang::situations
