// All modules together: before anything is open (settings, texts, commands), and open on one data directory.
#pragma once

#include <atomic>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "modules/api_document.h"
#include "modules/deliveries.h"
#include "modules/module.h"

namespace madang::storage {
class ChunkStore;
}

namespace madang::modules {

class Program {
 public:
  /// Lower ones first: a module may refer to those before it. Each has a name of its own.
  explicit Program(std::vector<Module> modules);

  /// Every field that a configuration file may set, with its present value.
  [[nodiscard]] runtime::Settings settings();
  /// Reads `config_file`, or DATA/madang.toml when that exists and none is named.
  Result<void> read_settings(std::string const& config_file, std::filesystem::path const& data_directory);
  [[nodiscard]] GroundSettings const& ground() const { return ground_; }

  [[nodiscard]] std::vector<runtime::EmbeddedFile> texts() const;
  /// Of all modules.
  [[nodiscard]] Permissions const& permissions() const { return permissions_; }
  /// The pages of all modules.
  [[nodiscard]] web::Navigation navigation() const;
  /// What programs may ask of all modules. Its error says which module's part is wrong.
  [[nodiscard]] Result<ApiDocument> api() const;
  void add_commands(CLI::App& app, Invocation& call) const;

 private:
  friend class OpenProgram;
  std::vector<Module> modules_;
  Permissions permissions_;
  GroundSettings ground_;
};

/// Holds the data directory while it lives. Modules open in their order and close in reverse.
class OpenProgram {
 public:
  /// `program`, `clock`, `metrics` and `ready` outlive it. The first module that cannot open ends it all.
  static Result<std::unique_ptr<OpenProgram>> open(Program& program, std::filesystem::path const& data_directory,
                                                   runtime::Clock const& clock, runtime::Metrics& metrics,
                                                   std::atomic<bool> const& ready);
  ~OpenProgram();

  [[nodiscard]] runtime::DataDirectory const& directory() const { return *directory_; }
  [[nodiscard]] web::Authenticator& authenticator() const;
  /// Of all modules; it outlives whoever answers devices by them.
  [[nodiscard]] web::mqtt::Topics const& topics() const { return topics_; }
  /// What modules publish by.
  [[nodiscard]] web::mqtt::Outlet& outlet() { return outlet_; }
  [[nodiscard]] std::function<web::Response(web::Request const&)> missing_page() const;
  [[nodiscard]] std::function<web::Response(web::Request const&, Error const&)> refused_page() const;
  [[nodiscard]] std::function<web::Response(web::Request const&, web::Permission const&)> denied_page() const;
  /// What a program is told for which a route asks for a permission that its caller does not hold.
  [[nodiscard]] std::function<web::Response(web::Request const&, web::Permission const&)> denial() const;
  /// Of all modules. Taken once: whatever number of doors there is, behind them stand the same hubs and caches.
  [[nodiscard]] web::Routes take_routes();

  Result<void> start();
  void add_jobs(runtime::Jobs& jobs);
  void stop();
  void finish();

 private:
  OpenProgram() = default;
  Result<void> open_ground(Program& program, std::filesystem::path const& path, runtime::Clock const& clock);
  using GroundOf = std::function<Ground(web::mqtt::Publisher&)>;
  Result<void> open_modules(Program& program, GroundOf const& ground_of);
  Result<void> add_module(Module const& module, Opened opened);
  Result<void> tend_leases();

  runtime::Metrics* metrics_ = nullptr;
  std::optional<runtime::DataDirectory> directory_;
  std::optional<runtime::Messages> messages_;
  Permissions permissions_;
  web::Navigation navigation_;
  ApiDocument api_;
  std::unique_ptr<storage::Records> records_;
  std::optional<storage::events::Leases> leases_;
  storage::DefaultFeature default_feature_;
  std::unique_ptr<storage::ChunkStore> store_;
  std::optional<web::EventHub> events_;
  web::mqtt::Outlet outlet_;
  std::deque<web::mqtt::Publisher> publishers_;
  std::optional<Deliveries> deliveries_;
  std::vector<Module const*> modules_;  ///< those that were opened, or half opened
  std::vector<Opened> opened_;
  web::mqtt::Topics topics_;
};

}  // namespace madang::modules
