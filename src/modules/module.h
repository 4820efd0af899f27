// What a domain brings to the program, all of it: `src/<domain>/module.cc` hands over one Module, and src/app/modules.cc
// lists them. Nothing else of the program knows which domains there are.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "modules/commands.h"
#include "modules/ground.h"
#include "modules/permissions.h"
#include "runtime/embedded.h"
#include "runtime/jobs.h"
#include "storage/events/handler.h"
#include "web/html/navigation.h"
#include "web/http/http.h"
#include "web/mqtt/topics.h"

namespace madang::modules {

/// What the calls of one run of a job on the records may take in all: a server that stops waits for no database that hangs.
inline constexpr Millis kJobRecordsWait{3'000};

/// Runs at once and then `period` after each end, while the server serves.
struct Job {
  Millis period;
  std::string name;
  runtime::Jobs::Job run;
  /// On one server of the city: where the lease `lease_of(*this)` is held. A run that began is not ended when the lease is lost; who
  /// must not write then commits by Ground::leases.transaction().
  bool once_for_the_city = false;
};
[[nodiscard]] inline std::string lease_of(Job const& job) { return "job " + job.name; }

/// What a module that is open adds to the running server. It is let go of before the module closes.
struct Opened {
  web::Routes routes;
  std::vector<Job> jobs;
  /// Who hears of what happened, at least once and in order per key, on one server of the city. What they use lives until the module closes.
  std::vector<storage::events::Handler> event_handlers;
  /// Who a key or a session belongs to: exactly one module says it.
  web::Authenticator* authenticator = nullptr;
  /// Which feature the store shall take for meant where an observation names none: at most one module says it.
  storage::DefaultFeature default_feature;
  /// What clients that speak MQTT may publish and subscribe to, and who of them; the module itself publishes to these by Ground::mqtt.
  std::vector<web::mqtt::Topic> topics;
  /// For a browser that asked for what is not there; at most one module says it.
  std::function<web::Response(web::Request const&)> missing_page;
  /// For a browser whose link or form was refused otherwise; at most one module says it.
  std::function<web::Response(web::Request const&, Error const&)> refused_page;
  /// For a browser whose reader does not hold the permission; at most one module says it.
  std::function<web::Response(web::Request const&, web::Permission const&)> denied_page;
  /// Begins to fetch from outside, and publishes what is retained again: clients of MQTT can connect. Called when every module is open,
  /// in their order.
  std::function<Result<void>()> start;
  /// Fetches no more, and begins nothing of what waits; called first when the server stops, the last module first. Also after a start
  /// that failed.
  std::function<void()> stop;
  /// No request and no device can come any more: finish what runs, and make it durable. The last module first.
  std::function<void()> finish;
};

struct Module {
  std::string name;
  /// Its texts, "NAME/en.json", ...; empty: it says nothing to people.
  std::vector<runtime::EmbeddedFile> texts;
  /// Its part of the API document (api_document.h); empty: it has no routes for programs.
  std::vector<runtime::EmbeddedFile> api;
  /// Applied under its name before it opens. A store that commands open on their own too migrates by itself.
  std::span<storage::Migration const> migrations;
  /// Declares the fields that the configuration file may set. They live as long as the module.
  std::function<void(runtime::Settings&)> settings;
  /// What its routes and topics ask for; one that asks for anything else does not open.
  std::vector<DeclaredPermission> permissions;
  /// Its pages for people, as links on top of every page; of those that ask for a permission, it is one of the above.
  std::vector<web::PageLink> pages;
  std::vector<Command> commands;
  /// None: it has commands only. Its metrics are registered here too.
  std::function<Result<Opened>(Ground const&)> open;
  /// Lets go of all that it opened, also after an open that failed half way. The last module first.
  std::function<void()> close;
};

}  // namespace madang::modules
