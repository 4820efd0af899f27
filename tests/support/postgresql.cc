#include "support/postgresql.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <stdexcept>

namespace madang::test {
namespace {

constexpr char const* kPrograms = "/usr/lib/postgresql/15/bin/";

void shell(std::string const& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("PostgreSQL: this failed: " + command);
}

/// With owners and rights, which PostgreSQL looks at.
void copy(std::string const& from, std::string const& to) { shell("cp -a '" + from + "' '" + to + "'"); }

}  // namespace

bool Postgresql::installed() { return std::filesystem::exists(std::string{kPrograms} + "initdb"); }

Postgresql::Postgresql() {
  ::chmod(folder().c_str(), 0755);
  // PostgreSQL refuses to run as root, and its user must reach the directory.
  if (::geteuid() == 0) {
    as_user_ = "setpriv --reuid=nobody --regid=nogroup --clear-groups ";
    auto const* const nobody = ::getpwnam("nobody");
    if (nobody == nullptr || ::chown(folder().c_str(), nobody->pw_uid, nobody->pw_gid) != 0)
      throw std::runtime_error("PostgreSQL: there is no user nobody for it");
  }
  make_cluster();
  start();
}

Postgresql::~Postgresql() {
  try {
    stop();
  } catch (std::exception const& e) {
    std::fprintf(stderr, "%s\n", e.what());
  }
}

void Postgresql::start() const {
  run("pg_ctl -D " + folder() + "/data -w -s -l " + folder() + "/log -o \"-k " + folder() + " -h '' -F\" start");
}

void Postgresql::stop() const { run("pg_ctl -D " + folder() + "/data -m immediate -s stop"); }

std::string Postgresql::conninfo(std::string const& database) const { return "host=" + folder() + " user=madang dbname=" + database; }

void Postgresql::create_database(std::string const& name) const { run("createdb -h " + folder() + " -U madang " + name); }

/// A copy of one that is kept beside the program: to make one takes as long as most tests do. A test that comes while the first is
/// made makes one too, and one of them stays.
void Postgresql::make_cluster() const {
  namespace fs = std::filesystem;
  auto const data = folder() + "/data";
  auto const kept = fs::read_symlink("/proc/self/exe").parent_path() / ("postgresql-15-" + std::to_string(::geteuid()));
  if (fs::exists(kept)) return copy(kept.string(), data);
  run("initdb -D " + data + " -A trust -U madang -E UTF8 --no-locale --no-sync");
  auto const fresh = kept.string() + "." + std::to_string(::getpid());
  std::error_code another_was_first;
  copy(data, fresh);
  fs::rename(fresh, kept, another_was_first);
  if (another_was_first) fs::remove_all(fresh);
}

void Postgresql::run(std::string const& program) const {
  shell("cd / && " + as_user_ + kPrograms + program + " >>" + folder() + "/output 2>&1");
}

}  // namespace madang::test
