#include "app/bench/machine.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "madang_commit.h"

namespace madang::app {
namespace {

std::string processor_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown processor";
}

}  // namespace

Machine this_machine() {
  utsname system{};
  uname(&system);
  auto const memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return {.processor = processor_name(),
          .cores = std::thread::hardware_concurrency(),
          .memory_gib = memory / static_cast<double>(1ULL << 30U),
          .kernel = fmt::format("{} {}", system.sysname, system.release),
#ifdef __clang__
          .compiler = "clang " __clang_version__,
#else
          .compiler = "g++ " __VERSION__,
#endif
          .version = MADANG_VERSION,
          .commit = MADANG_COMMIT};
}

std::string describe(Machine const& m) {
  return fmt::format("{} cores of {}, {:.1f} GiB, {}, {}, madang {}, commit {}", m.cores, m.processor, m.memory_gib, m.kernel,
                     m.compiler, m.version, m.commit);
}

double seconds_since(Tick began) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(); }

std::uint64_t peak_resident_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace madang::app
