#include "modules/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

#include "modules/directory_id.h"
#include "runtime/log.h"
#include "storage/events/events.h"
#include "storage/observations/chunk_store.h"
#include "storage/records/transactions.h"

namespace madang::modules {
namespace {

/// The one module that says `what`.
template <typename Field>
Opened const& only_one(std::vector<Opened> const& all, Field Opened::*what) {
  auto const says = [what](Opened const& opened) { return static_cast<bool>(opened.*what); };
  MADANG_ASSERT(std::ranges::count_if(all, says) == 1);
  return *std::ranges::find_if(all, says);
}

Result<void> check_declared(Module const& module, std::string_view what, web::Permission const& asked) {
  auto const declares = [&asked](DeclaredPermission const& declared) { return declared.permission == asked; };
  if (asked.name().empty() || std::ranges::any_of(module.permissions, declares)) return {};
  return fail(Code::kInternal, fmt::format("{}: {} asks for the permission {}, which the module does not declare", module.name, what, asked.name()));
}

/// What asks for a permission that nobody declares could be opened by no role, and its refusal would have no words.
Result<void> check_permissions(Module const& module, Opened const& opened) {
  for (auto const& route : opened.routes.all())
    MADANG_CHECK(check_declared(module, fmt::format("the route {}", route.pattern), route.access.permission));
  for (auto const& topic : opened.topics)
    for (auto const* access : {&topic.publish, &topic.subscribe})
      MADANG_CHECK(check_declared(module, fmt::format("the topic {}", topic.pattern), access->permission));
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

web::Navigation Program::navigation() const {
  std::vector<web::PageLink> all;
  for (auto const& module : modules_) all.insert(all.end(), module.pages.begin(), module.pages.end());
  return web::Navigation{std::move(all)};
}

Result<ApiDocument> Program::api() const {
  auto all = api_of("modules");
  for (auto const& module : modules_) all.insert(all.end(), module.api.begin(), module.api.end());
  return ApiDocument::assemble(all);
}

void Program::add_commands(CLI::App& app, Invocation& call) const {
  std::vector<Command const*> all;
  for (auto const& module : modules_)
    for (auto const& command : module.commands) all.push_back(&command);
  std::ranges::stable_sort(all, {}, [](Command const* command) { return command->section; });
  for (auto const* command : all) command->add(app, call);
}

Result<std::unique_ptr<OpenProgram>> OpenProgram::open(Program& program, std::filesystem::path const& data_directory,
                                                       runtime::Clock const& clock, runtime::Metrics& metrics,
                                                       std::atomic<bool> const& ready) {
  std::unique_ptr<OpenProgram> open(new OpenProgram);
  open->metrics_ = &metrics;
  MADANG_CHECK(open->open_ground(program, data_directory, clock));
  open->events_.emplace(clock, metrics);
  open->deliveries_.emplace(Deliveries::Needs{.records = *open->records_, .clock = clock, .metrics = metrics, .leases = *open->leases_});
  auto const ground_of = [&](web::mqtt::Publisher& publisher) {
    return Ground{.directory = *open->directory_,
                  .clock = clock,
                  .metrics = metrics,
                  .messages = *open->messages_,
                  .permissions = open->permissions_,
                  .navigation = open->navigation_,
                  .api = open->api_,
                  .records = *open->records_,
                  .leases = *open->leases_,
                  .store = *open->store_,
                  .events = *open->events_,
                  .mqtt = publisher,
                  .settings = program.ground_,
                  .ready = ready};
  };
  MADANG_CHECK(open->open_modules(program, ground_of));
  return open;
}

Result<void> OpenProgram::open_ground(Program& program, std::filesystem::path const& path, runtime::Clock const& clock) {
  MADANG_TRY(auto held, runtime::DataDirectory::open(path));
  directory_.emplace(std::move(held));
  MADANG_TRY(auto messages, runtime::Messages::load(program.texts(), program.ground_.zone));
  messages_.emplace(std::move(messages));
  permissions_ = program.permissions_;
  navigation_ = program.navigation();
  MADANG_TRY(api_, program.api());
  MADANG_TRY(records_, storage::Records::open(records_address_of(program.ground_, path), clock));
  MADANG_CHECK(storage::events::migrate(*records_));
  MADANG_TRY(auto own_name, directory_id(*directory_));
  leases_.emplace(*records_, clock, storage::events::Leases::Options{.directory = std::move(own_name)});
  storage::ChunkStore::Options options;
  options.folder = (path / "observations").string();
  options.clock = &clock;
  // The registry opens after the store, and before anything is appended.
  options.default_feature = [this](DatastreamId id) { return default_feature_ ? default_feature_(id) : FeatureId{}; };
  MADANG_TRY(store_, storage::ChunkStore::open(options));
  return {};
}

Result<void> OpenProgram::open_modules(Program& program, GroundOf const& ground_of) {
  auto const all = std::ranges::count_if(program.modules_, [](Module const& module) { return bool{module.open}; });
  for (auto const& module : program.modules_) {
    // The doors open after the last one: whoever waits for them reads here how far it is.
    if (module.open) runtime::log_info("app", "opening", {{"what", module.name}, {"number", modules_.size() + 1}, {"of", all}});
    if (!module.migrations.empty()) MADANG_CHECK(records_->migrate(module.name, module.migrations));
    if (!module.open) continue;
    modules_.push_back(&module);
    auto& publisher = publishers_.emplace_back(outlet_);
    MADANG_TRY(auto opened, module.open(ground_of(publisher)));
    MADANG_CHECK(check_permissions(module, opened));
    for (auto const& topic : opened.topics) publisher.allow(topic.pattern);
    MADANG_CHECK(add_module(module, std::move(opened)));
  }
  return {};
}

Result<void> OpenProgram::add_module(Module const& module, Opened opened) {
  for (auto& topic : std::exchange(opened.topics, {}))
    if (auto const added = topics_.add(std::move(topic)); !added)
      return fail(added.error().code, fmt::format("{}: {}", module.name, added.error().sentence));
  if (opened.default_feature) {
    MADANG_ASSERT(!default_feature_);
    default_feature_ = opened.default_feature;
  }
  for (auto const& job : opened.jobs)
    if (job.once_for_the_city) leases_->request(lease_of(job));
  for (auto const& handler : opened.event_handlers) MADANG_CHECK(deliveries_->add(handler));
  opened_.push_back(std::move(opened));
  return {};
}

OpenProgram::~OpenProgram() {
  // Handlers are functions of modules.
  deliveries_.reset();
  topics_ = {};
  // What a module holds may refer to those before it, and to the ground.
  while (!opened_.empty()) opened_.pop_back();
  for (auto const* module : std::views::reverse(modules_))
    if (module->close) module->close();
}

web::Authenticator& OpenProgram::authenticator() const { return *only_one(opened_, &Opened::authenticator).authenticator; }

std::function<web::Response(web::Request const&)> OpenProgram::missing_page() const {
  auto const says = [](Opened const& o) { return static_cast<bool>(o.missing_page); };
  MADANG_ASSERT(std::ranges::count_if(opened_, says) <= 1);
  auto const found = std::ranges::find_if(opened_, says);
  return found == opened_.end() ? nullptr : found->missing_page;
}

std::function<web::Response(web::Request const&, Error const&)> OpenProgram::refused_page() const {
  auto const says = [](Opened const& o) { return static_cast<bool>(o.refused_page); };
  MADANG_ASSERT(std::ranges::count_if(opened_, says) <= 1);
  auto const found = std::ranges::find_if(opened_, says);
  return found == opened_.end() ? nullptr : found->refused_page;
}

std::function<web::Response(web::Request const&, web::Permission const&)> OpenProgram::denied_page() const {
  auto const says = [](Opened const& o) { return static_cast<bool>(o.denied_page); };
  MADANG_ASSERT(std::ranges::count_if(opened_, says) <= 1);
  auto const found = std::ranges::find_if(opened_, says);
  return found == opened_.end() ? nullptr : found->denied_page;
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
  // So that a server that is alone has them before anybody asks; else the job goes on with it.
  if (auto const tended = leases_->renew_all(); !tended) runtime::log_warning("app", "leases_not_tended", {{"why", tended.error().sentence}});
  for (auto const& opened : opened_)
    if (opened.start) MADANG_CHECK(opened.start());
  return {};
}

Result<void> OpenProgram::tend_leases() {
  auto tended = leases_->renew_all();
  // Also where the records do not answer: what is believed in then ends.
  for (auto const& lease : leases_->wanted())
    metrics_->gauge("madang_lease_held", "1: this server does what is done once for the city under the lease.", {{"lease", lease}})
        .Set(leases_->holds(lease) ? 1 : 0);
  return tended;
}

void OpenProgram::add_jobs(runtime::Jobs& jobs) {
  jobs.every(storage::events::kLeaseTurn, "leases", [this] { return tend_leases(); });
  deliveries_->add_jobs(jobs);
  for (auto const& opened : opened_) {
    for (auto const& job : opened.jobs) {
      auto const in_time = [run = job.run] {
        storage::CallDeadline const brief(kJobRecordsWait);
        return run();
      };
      auto leased = [&leases = *leases_, lease = lease_of(job), in_time]() -> Result<void> {
        return leases.holds(lease) ? in_time() : Result<void>{};
      };
      jobs.every(job.period, job.name, job.once_for_the_city ? runtime::Jobs::Job{std::move(leased)} : runtime::Jobs::Job{in_time});
    }
  }
}

void OpenProgram::stop() {
  for (auto const& opened : std::views::reverse(opened_))
    if (opened.stop) opened.stop();
}

void OpenProgram::finish() {
  for (auto const& opened : std::views::reverse(opened_))
    if (opened.finish) opened.finish();
  // Whoever goes on with it need not wait.
  if (auto const released = leases_->release(); !released) runtime::log_info("app", "leases_kept", {{"why", released.error().sentence}});
}

}  // namespace madang::modules
