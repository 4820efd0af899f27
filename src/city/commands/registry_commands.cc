#include "city/commands/registry_commands.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "city/commands/on_records.h"
#include "city/commands/registry_text.h"
#include "city/parties.h"
#include "city/store.h"
#include "city/stores.h"
#include "core/json_writer.h"
#include "modules/local_request.h"
#include "runtime/refusal.h"
#include "runtime/shipped.h"
#include "web/http/url.h"

namespace madang::city {
namespace {

struct RegistryOptions {
  std::string serial;
  std::optional<std::int64_t> id;
  std::optional<std::int64_t> before;
  std::string channel;
  std::map<std::string, std::string> names;  ///< by language
  std::optional<std::string> description;
  std::string unit;
  std::optional<std::int64_t> interval_s;
  bool fitted = false, missing = false;
  std::optional<double> latitude, longitude;
  bool as_json = false;
};

void add_json(CLI::App& sub, bool& as_json) { sub.add_flag("--json", as_json, "The server's answer, for programs; without it a text"); }

/// For the reader's next command: of one that is deleted only the id is known.
std::string whose(RegistryOptions const& o) {
  return (o.id ? fmt::format("--id {}", *o.id) : o.serial) + (o.channel.empty() ? "" : " --channel " + o.channel);
}

/// One server at a time holds the registry: it is asked to act, and everybody who looks sees it at once.
int through_server(modules::Invocation const& call, std::function<Result<std::string>(modules::LocalServer const&)> const& ask) {
  auto const answered = [&]() -> Result<std::string> {
    MADANG_TRY(auto const server, modules::find_local_server(call.data));
    return ask(server);
  }();
  if (!answered) {
    fmt::print(stderr, "madang city: {}\n", answered.error().sentence);
    return 1;
  }
  fmt::print("{}\n", *answered);
  return 0;
}

std::string order_of(std::string_view act, RegistryOptions const& o) {
  JsonWriter w;
  w.begin_object().field("act", act).field("serial", o.serial);
  if (!o.channel.empty()) w.field("channel", o.channel);
  if (std::ranges::any_of(o.names, [](auto const& name) { return !name.second.empty(); })) {
    w.key("name").begin_object();
    for (auto const& [language, name] : o.names)
      if (!name.empty()) w.field(language, name);
    w.end_object();
  }
  if (o.description) w.field("description", *o.description);
  if (!o.unit.empty()) w.field("unit", o.unit);
  if (o.interval_s) w.field("interval_ms", *o.interval_s * 1'000);
  if (o.fitted || o.missing) w.field("fitted", o.fitted);
  if (o.latitude) w.field("latitude", *o.latitude);
  if (o.longitude) w.field("longitude", *o.longitude);
  w.end_object();
  return w.take();
}

CLI::App* add_act(CLI::App& parent, modules::Invocation& call, std::string const& act, std::string const& sentence,
                  std::shared_ptr<RegistryOptions> const& options) {
  auto* sub = parent.add_subcommand(act, sentence);
  sub->add_option("serial", options->serial, "Of the Thing")->required();
  call.add_data(*sub);
  add_json(*sub, options->as_json);
  call.on(*sub, [&call, act, options] {
    return through_server(call, [&](modules::LocalServer const& server) -> Result<std::string> {
      MADANG_TRY(auto answer, modules::post_to_local_server(server, "/api/v1/registry/acts", order_of(act, *options)));
      if (options->as_json) return answer;
      return text_of_act(act, options->serial + (options->channel.empty() ? "" : ", " + options->channel), answer);
    });
  });
  return sub;
}

Result<std::string> history_of(modules::LocalServer const& server, std::string const& asked, std::optional<std::int64_t> before) {
  return modules::get_from_local_server(server, "/api/v1/registry/history?" + asked + (before ? fmt::format("&before={}", *before) : ""));
}

/// A channel, as the answer about its Thing lists it.
struct Stream {
  std::int64_t id = 0;
  std::string channel;
};
Result<std::vector<Stream>> streams_in(std::string const& answer) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array listed;
  if (parser.parse(answer).get(root) != simdjson::SUCCESS || root["datastreams"].get(listed) != simdjson::SUCCESS)
    return fail(Code::kInternal, fmt::format("the server's answer is not understood: {}", answer.substr(0, 200)));
  std::vector<Stream> streams;
  for (auto const stream : listed) {
    std::int64_t id = 0;
    std::string_view channel;
    if (stream["id"].get(id) == simdjson::SUCCESS && stream["channel"].get(channel) == simdjson::SUCCESS)
      streams.push_back({id, std::string{channel}});
  }
  return streams;
}

bool says_something(std::string const& history) { return !history.contains("\"history\":[]"); }

/// The Thing's, then of each channel at which something was done. `before` leads on in one history alone.
Result<std::vector<std::string>> histories(modules::LocalServer const& server, RegistryOptions const& o) {
  auto const asked = o.id ? fmt::format("thing={}", *o.id) : "serial=" + web::percent_encode(o.serial);
  std::vector<std::string> all;
  MADANG_TRY(auto things_own, history_of(server, asked, o.channel.empty() ? o.before : std::nullopt));
  MADANG_TRY(auto const streams, streams_in(things_own));
  if (!o.channel.empty()) {
    // One that was deleted may have had the name before the one that has it now.
    for (auto const& stream : streams) {
      if (stream.channel != o.channel) continue;
      MADANG_TRY(auto its, history_of(server, fmt::format("datastream={}", stream.id), o.before));
      all.push_back(std::move(its));
    }
    if (all.empty()) return fail(Code::kNotFound, fmt::format("--channel: the Thing has no \"{}\", and had none", o.channel));
    return all;
  }
  all.push_back(std::move(things_own));
  if (o.before) return all;
  for (auto const& stream : streams) {
    MADANG_TRY(auto more, history_of(server, fmt::format("datastream={}", stream.id), std::nullopt));
    if (says_something(more)) all.push_back(std::move(more));
  }
  return all;
}

/// One answer a line for programs.
Result<std::string> told_histories(modules::LocalServer const& server, RegistryOptions const& o) {
  MADANG_TRY(auto const answers, histories(server, o));
  std::string told;
  for (auto const& answer : answers) {
    MADANG_TRY(auto const text, o.as_json ? Result<std::string>{answer} : text_of_history(whose(o), answer));
    told += (told.empty() ? "" : "\n") + text;
  }
  return told;
}

void add_history(CLI::App& parent, modules::Invocation& call, std::shared_ptr<RegistryOptions> const& options) {
  auto* sub = parent.add_subcommand("history", "What was done to a Thing, by whom, and what it said before");
  auto* whose = sub->add_option_group("whose");
  whose->add_option("serial", options->serial, "Of the Thing");
  whose->add_option("--id", options->id, "Of the Thing: of one that is deleted nobody knows the serial");
  whose->require_option(1);
  sub->add_option("--before", options->before, "Older acts: the number that the last answer named");
  sub->add_option("--channel", options->channel, "Only of this Datastream; none: of the Thing and of all its Datastreams");
  call.add_data(*sub);
  add_json(*sub, options->as_json);
  call.on(*sub, [&call, options] { return through_server(call, [&](modules::LocalServer const& server) { return told_histories(server, *options); }); });
  sub->footer("Examples:\n  madang city history POLE-7 --data city\n  madang city history POLE-7 --data city --channel temperature\n"
              "  madang city history --id 7 --data city");
}

struct StoresOptions {
  std::filesystem::path data_directory = "madang-data";
  modules::GroundSettings settings;
  std::string forget;
  bool as_json = false;
};

/// One that works here would make itself known again, and until then others might delete what it has readings of.
Result<void> forget(storage::Records& records, StoresOptions const& options) {
  MADANG_TRY(auto const own, id_in(options.data_directory));
  if (own == options.forget) return runtime::refuse(Code::kConflict, "refusal.store.own", {{"id", options.forget}});
  MADANG_CHECK(forget_store(records, options.forget, {.actor = machine_user().name, .at = runtime::SystemClock{}.now()}));
  fmt::print("the data directory {} is forgotten: what it had readings of may be deleted\n", options.forget);
  return {};
}

std::string time_or_none(Instant when) { return when == Instant{} ? "-" : format_instant(when); }

void write_time(JsonWriter& w, std::string_view name, Instant when) {
  w.key(name);
  if (when == Instant{})
    w.null();
  else
    w.value(millis_of(when));
}

void print_stores_json(std::vector<StoreEntry> const& known) {
  JsonWriter w;
  w.begin_object().key("stores").begin_array();
  for (auto const& store : known) {
    w.begin_object().field("id", store.id).field("name", store.name);
    write_time(w, "since", store.since);
    write_time(w, "last_seen", store.seen);
    w.end_object();
  }
  w.end_array().end_object();
  fmt::print("{}\n", w.take());
}

int list_or_forget_stores(StoresOptions const& options) {
  auto const use = options.forget.empty() ? storage::RecordsUse::kRead : storage::RecordsUse::kWrite;
  return with_records(options, [&options](storage::Records& records, Rights&) -> Result<void> {
    if (!options.forget.empty()) return forget(records, options);
    MADANG_CHECK(migrate_registry(records));
    MADANG_TRY(auto const known, stores(records));
    if (options.as_json) {
      print_stores_json(known);
      return {};
    }
    if (known.empty()) {
      fmt::print("no data directory is known yet: a server makes its own known when it starts (madang serve --data DIR)\n");
      return {};
    }
    fmt::print("{:36}  {:24}  {:24}  {}\n", "id", "since", "last at work", "name");
    for (auto const& store : known) fmt::print("{:36}  {:24}  {:24}  {}\n", store.id, time_or_none(store.since), time_or_none(store.seen), store.name);
    return {};
  }, use);
}

void add_stores(CLI::App& parent, modules::Invocation& call) {
  auto const options = std::make_shared<StoresOptions>();
  auto* sub = parent.add_subcommand("stores", "Data directories in which readings are kept, where several servers work on one database");
  sub->add_option("--forget", options->forget, "The id of one that is gone with its readings");
  add_json(*sub, options->as_json);
  sub->footer("Example:\n  madang city stores --data city");
  call.on_data<StoresOptions>(*sub, options, list_or_forget_stores);
}

}  // namespace

void add_registry(CLI::App& app, modules::Invocation& call) {
  auto* city = app.add_subcommand("city", "Entries of the registry, while the server runs: corrected, moved, retired");
  city->require_subcommand(1);
  city->footer("Examples:\n  madang city edit POLE-7 --channel temperature --unit °F\n  madang city retire POLE-7");
  auto const options = std::make_shared<RegistryOptions>();
  auto* edit = add_act(*city, call, "edit", "Correct a Thing, or one of its Datastreams; what is not named stays", options);
  edit->add_option("--channel", options->channel, "The Datastream; none: the Thing itself");
  for (auto const& language : runtime::shipped_messages().languages())
    edit->add_option("--name-" + language, options->names[language], fmt::format("Its name in {}", runtime::own_name_of(language)));
  edit->add_option("--description", options->description, "What it is");
  edit->add_option("--unit", options->unit, "In which the Datastream's values are, and always were");
  edit->add_option("--interval", options->interval_s, "Seconds between its values");
  auto* fitted = edit->add_flag("--fitted", options->fitted, "The instrument is there");
  edit->add_flag("--missing", options->missing, "The instrument is not there")->excludes(fitted);
  edit->footer("Example:\n  madang city edit POLE-7 --data city --channel temperature --unit °F --interval 60");
  auto* move = add_act(*city, call, "move", "Where a Thing is from now on; what it measured stays where it was", options);
  move->add_option("--latitude", options->latitude, "Degrees")->required();
  move->add_option("--longitude", options->longitude, "Degrees")->required();
  move->footer("Example:\n  madang city move POLE-7 --data city --latitude 37.5663 --longitude 126.9779");
  add_act(*city, call, "retire", "Out of service: out of counts, map and warning; its data stay", options)
      ->footer("Example:\n  madang city retire POLE-7 --data city");
  add_act(*city, call, "return", "In service again", options)->footer("Example:\n  madang city return POLE-7 --data city");
  add_act(*city, call, "delete", "Take away a Thing that has never measured anything", options)
      ->footer("Example:\n  madang city delete POLE-7 --data city");
  add_history(*city, call, options);
  add_stores(*city, call);
}

}  // namespace madang::city
