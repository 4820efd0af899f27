// `madang subscribers`: who is told of situations. Works on the records directly, also while a server runs on them; that
// server sees new subscribers with the next change and delivers tests within 2 s.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/serve/settings.h"

namespace madang::app {

struct SubscriberOptions {
  std::filesystem::path data_directory = "madang-data";
  ServeSettings settings;
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

}  // namespace madang::app
