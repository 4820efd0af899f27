#include "runtime/data_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace madang::runtime {
namespace {

constexpr char const* kLockName = "lock";
constexpr char const* kAddressName = "address";

std::string holder_of(int file) {
  std::array<char, 32> text{};
  auto const length = ::pread(file, text.data(), text.size() - 1, 0);
  return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "unknown";
}

bool holder_lives(std::filesystem::path const& data_directory) {
  pid_t holder = 0;
  std::ifstream(data_directory / kLockName) >> holder;
  return holder > 0 && (::kill(holder, 0) == 0 || errno == EPERM);
}

bool write_all(int file, std::string const& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    auto const wrote = ::write(file, bytes.data() + at, bytes.size() - at);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    at += static_cast<std::size_t>(wrote);
  }
  return true;
}

}  // namespace

Result<bool> is_fresh(std::filesystem::path const& directory, std::function<bool(std::string_view)> const& counts_not) {
  std::error_code error;
  std::filesystem::directory_iterator entry{directory, error};
  for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
    auto const name = entry->path().filename().string();
    if (name != "lost+found" && !(counts_not && counts_not(name))) return false;
  }
  if (error) return fail(Code::kUnavailable, fmt::format("the directory {} cannot be read: {}", directory.string(), error.message()));
  return true;
}

Result<DataDirectory> DataDirectory::open(std::filesystem::path path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error)
    return fail(Code::kUnavailable, fmt::format("the data directory {} cannot be made: {}", path.string(), error.message()));
  ::chmod(path.c_str(), 0700);
  auto const lock_path = path / kLockName;
  int const file = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return fail(Code::kUnavailable, fmt::format("the data directory {} cannot be written: {}", path.string(), std::strerror(errno)));
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    auto const holder = holder_of(file);
    ::close(file);
    return fail(Code::kConflict, fmt::format("the data directory {} is in use by process {}; stop that one or choose another --data",
                                             path.string(), holder));
  }
  auto const self = std::to_string(::getpid());
  if (::ftruncate(file, 0) != 0 || !write_all(file, self)) {
    ::close(file);
    return fail(Code::kUnavailable, fmt::format("the data directory {} cannot be written: {}", path.string(), std::strerror(errno)));
  }
  return DataDirectory{std::move(path), file};
}

DataDirectory::~DataDirectory() {
  if (lock_ < 0) return;
  std::error_code ignored;
  std::filesystem::remove(path_ / kAddressName, ignored);
  ::close(lock_);
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

Result<void> DataDirectory::write_file(std::string const& name, std::string const& bytes) const {
  auto const target = path_ / name;
  auto const draft = path_ / (name + ".new");
  int const file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool const written = file >= 0 && write_all(file, bytes) && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!written || std::rename(draft.c_str(), target.c_str()) != 0)
    return fail(Code::kUnavailable, fmt::format("{} cannot be written: {}", target.string(), std::strerror(errno)));
  return {};
}

Result<std::string> running_server_address(std::filesystem::path const& data_directory) {
  std::error_code error;
  if (!std::filesystem::is_directory(data_directory, error))
    return fail(Code::kNotFound, fmt::format("there is no data directory {}", data_directory.string()));
  std::ifstream in(data_directory / kAddressName, std::ios::binary);
  // One that was killed leaves its address behind.
  if (!in || !holder_lives(data_directory)) return fail(Code::kNotFound, fmt::format("no server runs on {}", data_directory.string()));
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

}  // namespace madang::runtime
