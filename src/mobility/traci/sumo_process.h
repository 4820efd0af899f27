// SUMO as a child of this program: started with its arguments, in a process group of its own, and never left behind.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "mobility/traci/client.h"
#include "mobility/traci/socket.h"

namespace madang::mobility::traci {

/// Where the program of this name lies on the path; kUnavailable with the Debian package that brings it.
Result<std::filesystem::path> find_sumo(std::string const& program = "sumo");

/// A port of 127.0.0.1 that nobody listens on, kept apart from all others that this program holds.
class LoopbackPort {
 public:
  static Result<LoopbackPort> reserve();
  LoopbackPort(LoopbackPort&& other) noexcept : number_(std::exchange(other.number_, 0)) {}
  LoopbackPort& operator=(LoopbackPort&&) = delete;
  ~LoopbackPort();
  [[nodiscard]] std::uint16_t number() const { return number_; }

 private:
  explicit LoopbackPort(std::uint16_t number) : number_(number) {}
  std::uint16_t number_ = 0;
};

/// Killed and waited for when it goes.
class SumoProcess {
 public:
  /// What it prints goes into the log file. SUMO_HOME is set to /usr/share/sumo where it is not set.
  static Result<SumoProcess> start(std::filesystem::path const& program, std::vector<std::string> arguments,
                                   std::filesystem::path const& log);
  SumoProcess(SumoProcess&& other) noexcept
      : process_(std::exchange(other.process_, 0)), ended_(std::move(other.ended_)), log_(std::move(other.log_)) {}
  SumoProcess& operator=(SumoProcess&&) = delete;
  ~SumoProcess();

  /// A client of the port that it was started with; notices when it ends instead of listening.
  Result<Client> connect(std::uint16_t port, Millis patience);
  /// Until it has ended; kUnavailable when it does not, or ends with an error, with the last of what it printed.
  Result<void> wait(Tick deadline);
  /// The end of what it printed.
  [[nodiscard]] std::string last_words() const;

 private:
  SumoProcess(pid_t process, Descriptor ended, std::filesystem::path log)
      : process_(process), ended_(std::move(ended)), log_(std::move(log)) {}
  [[nodiscard]] bool has_ended(Millis within) const;

  pid_t process_ = 0;
  Descriptor ended_;  ///< readable once it has
  std::filesystem::path log_;
};

}  // namespace madang::mobility::traci
