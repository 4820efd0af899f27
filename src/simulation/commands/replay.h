// `madang replay`: feeds days that a server has stored through the public interface of a server, at N times their
// speed and shifted to now. Copies of the Things are made on the target; they say that their values are replayed.
#pragma once

#include <string>

#include "core/time.h"
#include "modules/commands.h"
#include "simulation/feed/sensorthings_client.h"

namespace madang::simulation {

struct ReplayOptions {
  Interval when;            ///< what is replayed
  std::string source_http;  ///< where it is stored, "http://127.0.0.1:8080"; empty: the target itself
  ServerAddress server;                 ///< the target; its key may write all Things
  std::string mqtt = "127.0.0.1:1883";  ///< empty: values go by HTTP (CreateObservations)
  double speed = 1;                     ///< 0.1 to 100,000
  std::string prefix = "replay-";       ///< of the copies' serials; may be empty on another server than the source
};

/// The process's exit code; what went wrong stands on standard error in one sentence.
int run_replay(ReplayOptions const& options);

void add_replay(CLI::App& app, modules::Invocation& call);

}  // namespace madang::simulation
