// `madang subscribers`: who is told of situations. Works on the records directly, also while a server runs on them; that
// server sees new subscribers with the next change and delivers tests within 2 s.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "modules/commands.h"
#include "situations/settings.h"

namespace madang::situations {

struct SubscriberOptions {
  std::filesystem::path data_directory = "madang-data";
  modules::GroundSettings settings;
  notices::Subscribers::Options subscribing;
  std::string address;                     ///< add: an e-mail address, or an http(s) URL
  std::string name;
  std::string language;
  std::string severity = "notice";
  std::vector<std::string> kinds;
  std::vector<std::string> areas;          ///< codes of Areas
  bool internal = false;
  std::int64_t id = 0;                     ///< remove, test
  std::int64_t wait_s = 20;                ///< test: for a running server to deliver it
};

/// All return the exit status. The secret of a new webhook is the last word on standard output.
int add_subscriber(SubscriberOptions const& options);
int list_subscribers(SubscriberOptions const& options);
int remove_subscriber(SubscriberOptions const& options);
int test_subscriber(SubscriberOptions const& options);

/// subscribers add|list|remove|test. `settings` outlives the command line.
void add_subscribers(CLI::App& app, modules::Invocation& call, Settings const& settings);

}  // namespace madang::situations
