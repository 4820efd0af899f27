#include "app/commands/doctor.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <simdjson.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "app/commands/waiting_work.h"
#include "core/language.h"
#include "modules/city_directory.h"
#include "modules/local_access.h"
#include "modules/local_request.h"
#include "runtime/clock.h"
#include "web/http/server.h"

namespace madang::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kDiskFreeMin = 1ULL << 30U;
constexpr std::uint64_t kMemoryMin = 1ULL << 30U;
constexpr rlim_t kOpenFilesMin = 4096;
constexpr std::size_t kDevicesShownMax = 10;

struct Report {
  bool healthy = true;

  void good(std::string_view what, std::string const& found) const { fmt::print("  ok    {:10} {}\n", what, found); }
  void hint(std::string_view what, std::string const& found, std::string_view mend) const {
    fmt::print("  note  {:10} {}\n        {:10} -> {}\n", what, found, "", mend);
  }
  void bad(std::string_view what, std::string const& found, std::string_view mend) {
    healthy = false;
    fmt::print("  BAD   {:10} {}\n        {:10} -> {}\n", what, found, "", mend);
  }
};

void look_at_machine(Report& report) {
  auto const memory = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  auto const found = fmt::format("{} cores, {:.1f} GiB memory", std::thread::hardware_concurrency(),
                                 static_cast<double>(memory) / (1ULL << 30U));
  if (memory < kMemoryMin)
    report.bad("machine", found, "a city needs at least 1 GiB of memory");
  else
    report.good("machine", found);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < kOpenFilesMin)
    report.hint("files", fmt::format("{} open files at most", files.rlim_cur),
                "each device holds one: raise it with `ulimit -n 65536` or LimitNOFILE= of the service");
  else
    report.good("files", fmt::format("{} open files at most", files.rlim_cur));
}

/// Whether a city has begun there. One that somebody named and that is missing is misspelt, or for a new city: he decides.
bool look_at_city(Report& report, fs::path const& data, modules::GroundSettings const& ground, bool named) {
  auto const found = modules::find_city(ground, data, modules::CityNeed::kThere);
  if (found) {
    report.good("city", data.string());
    return true;
  }
  std::error_code error;
  if (found.error().code == Code::kUnavailable)
    report.bad("city", found.error().sentence, "let the user who runs the server read it");
  else if (named && !fs::exists(data, error))
    report.bad("city", found.error().sentence, fmt::format("mend --data where it is misspelt; `madang serve --data {}` would begin a new city there", data.string()));
  else
    report.hint("city", found.error().sentence, "for a new city that is well; else mend --data");
  return false;
}

void look_at_disk(Report& report, fs::path const& data) {
  fs::path existing = fs::absolute(data);
  while (!fs::exists(existing) && existing.has_parent_path()) existing = existing.parent_path();
  if (::access(existing.c_str(), W_OK) != 0)
    return report.bad("disk", existing.string() + " cannot be written", "choose another --data or change its owner");
  std::error_code error;
  auto const space = fs::space(existing, error);
  auto const found = fmt::format("{:.1f} GiB free at {}", static_cast<double>(space.available) / (1ULL << 30U), existing.string());
  if (error || space.available < kDiskFreeMin)
    report.bad("disk", found, "a day of 1,100 stations takes about 30 MB; keep at least 1 GiB free");
  else
    report.good("disk", found);
}

bool port_is_free(HostPort const& where) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints, &found) != 0) return false;
  int const socket = ::socket(found->ai_family, found->ai_socktype, 0);
  int const yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  bool const bound = ::bind(socket, found->ai_addr, found->ai_addrlen) == 0;
  ::close(socket);
  freeaddrinfo(found);
  return bound;
}

void look_at_port(Report& report, std::string_view what, std::string const& listen, std::string_view key) {
  auto const where = parse_host_port(listen);
  if (!where) return report.bad(what, where.error().sentence, fmt::format("mend {} in the configuration", key));
  if (where->port == 0 || port_is_free(*where)) return report.good(what, listen + " is free");
  report.bad(what, listen + " cannot be bound: taken by another program, or not an address of this machine",
             fmt::format("choose another with {} (port 0 takes a free one), or see who holds it: ss -ltnp", key));
}

/// A renewal that went wrong goes unseen while a server keeps what it had, until it starts again or what it had expires.
void look_at_tls(Report& report, DoorSettings const& settings) {
  if (settings.certificate_file.empty() && settings.private_key_file.empty()) return;
  if (settings.certificate_file.empty() || settings.private_key_file.empty())
    return report.bad("tls", "tls.certificate_file or tls.private_key_file is missing", "name both, or neither");
  auto const doubts = web::doubts_of_tls(settings.certificate_file, settings.private_key_file, settings.mqtt_client_ca_file,
                                         runtime::SystemClock{}.now());
  if (!doubts) return report.bad("tls", doubts.error().sentence, "mend the file, or name another one in the configuration");
  if (doubts->empty()) report.good("tls", settings.certificate_file + " is in order");
  for (auto const& doubt : *doubts) report.hint("tls", fmt::format("{}: {}", settings.certificate_file, doubt), "devices that check it do not come in");
}

void look_at_clock(Report& report) {
  timex state{};
  bool const synchronised = ntp_adjtime(&state) != TIME_ERROR;
  auto const now = format_instant(runtime::SystemClock{}.now());
  if (now < "2026")
    report.bad("clock", now, "the clock is years behind: set it, readings would be refused or misdated");
  else if (!synchronised)
    report.hint("clock", now + ", not synchronised", "install chrony or systemd-timesyncd: readings are compared by time");
  else
    report.good("clock", now + ", synchronised");
}

/// Who sends and has no Thing: nothing of it is stored, and only here and in the log does anybody hear of it.
void look_at_devices(Report& report, modules::LocalServer const& server) {
  auto const answer = modules::get_from_local_server(server, "/api/v1/devices/unknown");
  if (!answer) return report.hint("devices", answer.error().sentence, "look again");
  simdjson::dom::parser parser;
  simdjson::dom::array devices;
  if (parser.parse(*answer)["devices"].get(devices) != simdjson::SUCCESS)
    return report.hint("devices", "the server's answer is not understood", "is it of this version?");
  if (devices.size() == 0) return report.good("devices", "all that send are registered");
  std::string shown;
  std::size_t count = 0;
  std::uint64_t held_all = 0;
  std::int64_t first_held = 0;
  for (auto const device : devices) {
    std::uint64_t held = 0;
    std::int64_t first = 0;
    if (device["held"].get(held) == simdjson::SUCCESS && device["first"].get(first) == simdjson::SUCCESS && held > 0) {
      first_held = held_all == 0 ? first : std::min(first_held, first);
      held_all += held;
    }
    std::string_view serial;
    std::int64_t last = 0;
    std::uint64_t messages = 0;
    if (device["serial"].get(serial) != simdjson::SUCCESS || device["last"].get(last) != simdjson::SUCCESS ||
        device["messages"].get(messages) != simdjson::SUCCESS || ++count > kDevicesShownMax)
      continue;
    shown += fmt::format("{}{} ({} messages, the last at {})", shown.empty() ? "" : ", ", serial, messages, format_instant(instant_of_millis(last)));
  }
  report.hint("devices", fmt::format("{} send and have no Thing: {}{}{}", devices.size(), shown, count > kDevicesShownMax ? ", ..." : "",
                                       held_all > 0 ? fmt::format("; {} messages wait in memory, of devices heard since {}", held_all,
                                                                  format_instant(instant_of_millis(first_held))) : ""),
              "register them as docs/devices.md says; the newest messages of each wait for that");
}

/// The devices with one trouble and what was found of each.
void name_trouble(Report& report, simdjson::dom::element health, std::string_view trouble, std::string_view what, std::string_view found,
                  std::string_view mend) {
  std::uint64_t count = 0;
  if (health["ailments"][trouble].get(count) != simdjson::SUCCESS || count == 0) return;
  std::string shown;
  std::size_t lines = 0;
  simdjson::dom::array work;
  if (health["work"].get(work) == simdjson::SUCCESS) {
    for (auto const line : work) {
      std::string_view ailment;
      std::string_view serial;
      std::string_view reason;
      if (line["ailment"].get(ailment) != simdjson::SUCCESS || ailment != trouble || line["serial"].get(serial) != simdjson::SUCCESS ||
          line["reason"][kSourceLanguage].get(reason) != simdjson::SUCCESS || ++lines > kDevicesShownMax)
        continue;
      shown += fmt::format("{}{}: {}", shown.empty() ? "" : " ", serial, reason);
    }
  }
  report.hint(what, fmt::format("{} {}. {}", count, found, shown), mend);
}

/// Whether the stations are heard of, and which of them are heard and yet count in nothing.
void look_at_stations(Report& report, modules::LocalServer const& server) {
  auto const answer = modules::get_from_local_server(server, "/api/v1/health/work");
  if (!answer) return report.hint("stations", answer.error().sentence, "look again");
  simdjson::dom::parser parser;
  simdjson::dom::element health;
  if (parser.parse(*answer).get(health) != simdjson::SUCCESS)
    return report.hint("stations", "the server's answer is not understood", "is it of this version?");
  auto const count = [&health](std::string_view group, std::string_view name) {
    std::uint64_t number = 0;
    return health[group][name].get(number) == simdjson::SUCCESS ? number : 0;
  };
  auto const total = count("stations", "total");
  auto const reporting = count("stations", "reporting");
  auto const found = fmt::format("{} of {} report; {} late, {} silent, {} never heard", reporting, total, count("stations", "late"),
                                 count("stations", "silent"), count("stations", "never_heard"));
  if (total == 0)
    report.hint("stations", "none is registered yet", "register the first (docs/devices.md), load files (madang import --help) or a made-up city (madang simulate --help)");
  else if (reporting == total)
    report.good("stations", found);
  else
    report.hint("stations", found, "the page /health of the server says since when and why");
  name_trouble(report, health, "foreign_unit", "units", "channels come in a unit that is none of their quantity",
               "docs/quality.md, Units, says which are known: register what such a device measures in one of them");
  name_trouble(report, health, "unusable", "messages", "registered devices send nothing that can be stored",
               "mend what the device sends (docs/devices.md), or the Datastreams it is registered with");
  name_trouble(report, health, "clock", "clocks", "devices have a wrong clock", "set the device's clock, or let it send no time (docs/devices.md)");
}

void add_finding(Report& report, std::string_view what, Finding const& finding) {
  if (finding.well)
    report.good(what, finding.found);
  else
    report.hint(what, finding.found, finding.mend);
}

/// What the server owes somebody and has not done yet.
void look_at_waiting_work(Report& report, modules::LocalServer const& server) {
  WaitingAnswers const answers{.metrics = modules::get_from_local_server(server, "/metrics"),
                               .subscribers = modules::get_from_local_server(server, "/api/v1/subscribers"),
                               .handlers = modules::get_from_local_server(server, "/api/v1/events/handlers"),
                               .letters = modules::get_from_local_server(server, "/api/v1/events/dead?limit=200")};
  for (auto const& [what, finding] : waiting_work(answers, runtime::SystemClock{}.now())) add_finding(report, what, finding);
}

}  // namespace

int run_doctor(DoctorOptions const& options, modules::GroundSettings const& ground, DoorSettings const& settings) {
  auto const& data = options.data_directory;
  Report report;
  look_at_machine(report);
  auto const begun = look_at_city(report, data, ground, options.named);
  look_at_disk(report, data);
  look_at_clock(report);
  look_at_tls(report, settings);
  bool running = false;
  if (auto const server = modules::find_local_server(data)) {
    running = true;
    report.good("server", fmt::format("runs on this data directory, for the command line at {}", server->http));
    look_at_devices(report, *server);
    look_at_stations(report, *server);
    look_at_waiting_work(report, *server);
  } else {
    look_at_port(report, "http", settings.http_listen, "http.listen");
    look_at_port(report, "mqtt", settings.mqtt_listen, "mqtt.listen");
  }
  auto const well = running ? std::string{"all is well"}
                    : begun ? fmt::format("nothing stands in the way of: madang serve --data {}", data.string())
                            : fmt::format("nothing stands in the way of a new city: madang serve --data {}", data.string());
  fmt::print("{}\n", report.healthy ? well : "mend what is marked BAD, then look again");
  return report.healthy ? 0 : 1;
}

}  // namespace madang::app
