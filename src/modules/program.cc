#include "modules/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>

#include "storage/observations/chunk_store.h"

namespace madang::modules {
namespace {

/// The one module that says `what`.
template <typename Field>
Opened const& only_one(std::vector<Opened> const& all, Field Opened::*what) {
  auto const says = [what](Opened const& opened) { return static_cast<bool>(opened.*what); };
  MADANG_ASSERT(std::ranges::count_if(all, says) == 1);
  return *std::ranges::find_if(all, says);
}

/// A route whose permission nobody declares could be opened by no role, and its refusal would have no words.
Result<void> check_permissions(Module const& module, web::Routes const& routes) {
  for (auto const& route : routes.all()) {
    auto const& asked = route.access.permission;
    auto const declares = [&asked](DeclaredPermission const& declared) { return declared.permission == asked; };
    if (asked.name().empty() || std::ranges::any_of(module.permissions, declares)) continue;
    return fail(Code::kInternal, fmt::format("{}: the route {} asks for the permission {}, which the module does not declare",
                                             module.name, route.pattern, asked.name()));
  }
  return {};
}

}  // namespace

Program::Program(std::vector<Module> modules) : modules_(std::move(modules)) {
  std::set<std::string_view> names;
  std::vector<DeclaredPermission> permissions;
  for (auto const& module : modules_) {
    MADANG_ASSERT(names.insert(module.name).second);
    permissions.insert(permissions.end(), module.permissions.begin(), module.permissions.end());
  }
  permissions_ = Permissions{std::move(permissions)};
}

runtime::Settings Program::settings() {
  runtime::Settings all;
  ground_.declare(all);
  for (auto const& module : modules_)
    if (module.settings) module.settings(all);
  return all;
}

Result<void> Program::read_settings(std::string const& config_file, std::filesystem::path const& data_directory) {
  auto const usual = data_directory / "madang.toml";
  if (!config_file.empty()) return settings().read_file(config_file);
  if (std::filesystem::exists(usual)) return settings().read_file(usual.string());
  return {};
}

std::vector<runtime::EmbeddedFile> Program::texts() const {
  std::vector<runtime::EmbeddedFile> all;
  for (auto const& module : modules_) all.insert(all.end(), module.texts.begin(), module.texts.end());
  return all;
}

void Program::add_commands(CLI::App& app, Invocation& call) const {
  std::vector<Command const*> all;
  for (auto const& module : modules_)
    for (auto const& command : module.commands) all.push_back(&command);
  std::ranges::stable_sort(all, {}, [](Command const* command) { return command->shelf; });
  for (auto const* command : all) command->add(app, call);
}

Result<std::unique_ptr<OpenProgram>> OpenProgram::open(Program& program, std::filesystem::path const& data_directory,
                                                       runtime::Clock const& clock, runtime::Metrics& metrics,
                                                       std::atomic<bool> const& ready) {
  std::unique_ptr<OpenProgram> open(new OpenProgram);
  MADANG_CHECK(open->open_ground(program, data_directory, clock));
  open->events_.emplace(clock, metrics);
  MADANG_CHECK(open->open_modules(program, {.directory = *open->directory_,
                                            .clock = clock,
                                            .metrics = metrics,
                                            .messages = *open->messages_,
                                            .permissions = open->permissions_,
                                            .records = *open->records_,
                                            .store = *open->store_,
                                            .events = *open->events_,
                                            .settings = program.ground_,
                                            .ready = ready}));
  return open;
}

Result<void> OpenProgram::open_ground(Program& program, std::filesystem::path const& path, runtime::Clock const& clock) {
  MADANG_TRY(auto held, runtime::DataDirectory::open(path));
  directory_.emplace(std::move(held));
  MADANG_TRY(auto messages, runtime::Messages::load(program.texts(), program.ground_.zone));
  messages_.emplace(std::move(messages));
  permissions_ = program.permissions_;
  MADANG_TRY(records_, storage::Records::open(records_address_of(program.ground_, path), clock));
  storage::ChunkStore::Options options;
  options.folder = (path / "observations").string();
  options.clock = &clock;
  // The registry opens after the store, and before anything is appended.
  options.default_feature = [this](DatastreamId id) { return default_feature_ ? default_feature_(id) : FeatureId{}; };
  MADANG_TRY(store_, storage::ChunkStore::open(options));
  return {};
}

Result<void> OpenProgram::open_modules(Program& program, Ground const& ground) {
  for (auto const& module : program.modules_) {
    if (!module.migrations.empty()) MADANG_CHECK(ground.records.migrate(module.name, module.migrations));
    if (!module.open) continue;
    modules_.push_back(&module);
    MADANG_TRY(auto opened, module.open(ground));
    MADANG_CHECK(check_permissions(module, opened.routes));
    if (opened.default_feature) {
      MADANG_ASSERT(!default_feature_);
      default_feature_ = opened.default_feature;
    }
    opened_.push_back(std::move(opened));
  }
  return {};
}

OpenProgram::~OpenProgram() {
  // What a module holds may refer to those before it, and to the ground.
  while (!opened_.empty()) opened_.pop_back();
  for (auto const* module : std::views::reverse(modules_))
    if (module->close) module->close();
}

web::Authenticator& OpenProgram::authenticator() const { return *only_one(opened_, &Opened::authenticator).authenticator; }

std::unique_ptr<web::mqtt::ListenerHandler> OpenProgram::devices(web::Authenticator& who) const {
  return only_one(opened_, &Opened::devices).devices(who);
}

std::function<web::Response(web::Request const&)> OpenProgram::missing_page() const {
  auto const says = [](Opened const& o) { return static_cast<bool>(o.missing_page); };
  MADANG_ASSERT(std::ranges::count_if(opened_, says) <= 1);
  auto const found = std::ranges::find_if(opened_, says);
  return found == opened_.end() ? nullptr : found->missing_page;
}

std::function<web::Response(web::Request const&, web::Permission const&)> OpenProgram::denial() const {
  return [this](web::Request const& request, web::Permission const& permission) {
    return permissions_.denial(*messages_, request, permission);
  };
}

web::Routes OpenProgram::take_routes() {
  web::Routes all;
  for (auto& opened : opened_) all.append(std::exchange(opened.routes, {}));
  return all;
}

Result<void> OpenProgram::start() {
  for (auto const& opened : opened_)
    if (opened.start) MADANG_CHECK(opened.start());
  return {};
}

void OpenProgram::add_jobs(runtime::Jobs& jobs) const {
  for (auto const& opened : opened_)
    for (auto const& job : opened.jobs) jobs.every(job.period, job.name, job.run);
}

void OpenProgram::stop() {
  for (auto const& opened : std::views::reverse(opened_))
    if (opened.stop) opened.stop();
}

void OpenProgram::finish() {
  for (auto const& opened : std::views::reverse(opened_))
    if (opened.finish) opened.finish();
}

}  // namespace madang::modules
