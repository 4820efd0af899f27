#include "store_test_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace madang::test {
namespace {

std::atomic<std::uint64_t> quota = std::numeric_limits<std::uint64_t>::max();
std::mt19937_64 engine;
sqlite3_vfs* real = nullptr;

/// What the process sees of one file, shared by all its connections.
struct Image {
  std::string path;
  std::vector<char> bytes;
  std::vector<std::pair<std::size_t, std::size_t>> unsynced;  ///< [from, to)
  bool cut = false;                                           ///< truncated since the last sync
};
std::mutex mutex;
std::map<std::string, std::shared_ptr<Image>> images;

struct File {
  sqlite3_file base;
  std::shared_ptr<Image>* image;
  bool lossy;
  sqlite3_file* real_file() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

void write_out(Image const& image, std::size_t from, std::size_t to) {
  int const fd = ::open(image.path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  to = std::min(to, image.bytes.size());
  if (from < to && ::pwrite(fd, image.bytes.data() + from, to - from, static_cast<off_t>(from)) < 0) std::abort();
  ::close(fd);
}

void sync_image(Image& image) {
  if (image.cut && ::truncate(image.path.c_str(), static_cast<off_t>(image.bytes.size())) != 0) return;
  for (auto const& [from, to] : image.unsynced) write_out(image, from, to);
  image.unsynced.clear();
  image.cut = false;
}

std::uint64_t used() {
  std::uint64_t sum = 0;
  for (auto const& [path, image] : images) sum += image->bytes.size();
  return sum;
}

int close_file(sqlite3_file* file) {
  std::scoped_lock const lock(mutex);
  File& f = of(file);
  if (!f.lossy) sync_image(**f.image);
  int const code = f.real_file()->pMethods->xClose(f.real_file());
  auto const path = (*f.image)->path;
  delete f.image;
  // The process goes on seeing what it wrote, as it does through a real page cache.
  return code;
}

int read_file(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
  std::scoped_lock const lock(mutex);
  auto const& bytes = (*of(file).image)->bytes;
  auto const from = std::min(static_cast<std::size_t>(offset), bytes.size());
  auto const count = std::min(static_cast<std::size_t>(amount), bytes.size() - from);
  if (count > 0) std::memcpy(to, bytes.data() + from, count);
  std::memset(static_cast<char*>(to) + count, 0, static_cast<std::size_t>(amount) - count);
  return count == static_cast<std::size_t>(amount) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, void const* from, int amount, sqlite3_int64 offset) {
  std::scoped_lock const lock(mutex);
  File& f = of(file);
  Image& image = **f.image;
  auto const begin = static_cast<std::size_t>(offset);
  auto const end = begin + static_cast<std::size_t>(amount);
  if (end > image.bytes.size()) {
    if (!f.lossy && used() + end - image.bytes.size() > quota) return SQLITE_FULL;
    image.bytes.resize(end);
  }
  std::memcpy(image.bytes.data() + begin, from, static_cast<std::size_t>(amount));
  image.unsynced.emplace_back(begin, end);
  if (!f.lossy) {
    sync_image(image);
  } else if (engine() % 4 == 0) {
    auto const part = static_cast<std::size_t>(engine() % static_cast<std::uint64_t>(amount + 1)) / 512 * 512;
    write_out(image, begin, begin + part);
  }
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  std::scoped_lock const lock(mutex);
  File& f = of(file);
  (*f.image)->bytes.resize(static_cast<std::size_t>(size));
  (*f.image)->cut = true;
  if (!f.lossy) sync_image(**f.image);
  return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int) {
  std::scoped_lock const lock(mutex);
  sync_image(**of(file).image);
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  std::scoped_lock const lock(mutex);
  *size = static_cast<sqlite3_int64>((*of(file).image)->bytes.size());
  return SQLITE_OK;
}

template <auto Method, typename... Arguments>
auto forward(sqlite3_file* file, Arguments... arguments) {
  auto* const to = of(file).real_file();
  return (to->pMethods->*Method)(to, arguments...);
}

int control(sqlite3_file* file, int operation, void* argument) {
  // Size hints and the like concern the real file, whose size is not what the process sees.
  if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE ||
      operation == SQLITE_FCNTL_MMAP_SIZE)
    return SQLITE_NOTFOUND;
  return forward<&sqlite3_io_methods::xFileControl>(file, operation, argument);
}

sqlite3_io_methods const& methods() {
  static sqlite3_io_methods const table = [] {
    sqlite3_io_methods m{};
    m.iVersion = 2;  // no memory-mapped pages: they would pass the image by
    m.xClose = close_file;
    m.xRead = read_file;
    m.xWrite = write_file;
    m.xTruncate = truncate_file;
    m.xSync = sync_file;
    m.xFileSize = file_size;
    m.xLock = forward<&sqlite3_io_methods::xLock, int>;
    m.xUnlock = forward<&sqlite3_io_methods::xUnlock, int>;
    m.xCheckReservedLock = forward<&sqlite3_io_methods::xCheckReservedLock, int*>;
    m.xFileControl = control;
    m.xSectorSize = forward<&sqlite3_io_methods::xSectorSize>;
    m.xDeviceCharacteristics = forward<&sqlite3_io_methods::xDeviceCharacteristics>;
    m.xShmMap = forward<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>;
    m.xShmLock = forward<&sqlite3_io_methods::xShmLock, int, int, int>;
    m.xShmBarrier = forward<&sqlite3_io_methods::xShmBarrier>;
    m.xShmUnmap = forward<&sqlite3_io_methods::xShmUnmap, int>;
    return m;
  }();
  return table;
}

std::shared_ptr<Image> image_of(std::string const& path) {
  auto& image = images[path];
  if (image) return image;
  image = std::make_shared<Image>();
  image->path = path;
  int const fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return image;
  char buffer[65536];
  for (ssize_t got = 0; (got = ::read(fd, buffer, sizeof buffer)) > 0;)
    image->bytes.insert(image->bytes.end(), buffer, buffer + got);
  ::close(fd);
  return image;
}

int open_file(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  File& f = of(file);
  f.base.pMethods = nullptr;
  int const code = real->xOpen(real, name, f.real_file(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  std::scoped_lock const lock(mutex);
  f.image = new std::shared_ptr<Image>(image_of(name == nullptr ? "" : name));
  f.lossy = std::strcmp(vfs->zName, kLossyVfs) == 0;
  f.base.pMethods = &methods();
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, char const* name, int sync) {
  std::scoped_lock const lock(mutex);
  images.erase(name);
  return real->xDelete(real, name, sync);
}

}  // namespace

void register_test_vfs(std::uint64_t seed) {
  engine.seed(seed);
  if (real != nullptr) return;
  real = sqlite3_vfs_find(nullptr);
  for (char const* const name : {kLossyVfs, kQuotaVfs}) {
    static sqlite3_vfs tables[2];
    sqlite3_vfs& vfs = tables[name == kQuotaVfs];
    vfs = *real;
    vfs.pNext = nullptr;
    vfs.zName = name;
    vfs.szOsFile = static_cast<int>(sizeof(File)) + real->szOsFile;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    sqlite3_vfs_register(&vfs, 0);
  }
}

void set_quota(std::uint64_t bytes) { quota = bytes; }

std::uint64_t bytes_used() {
  std::scoped_lock const lock(mutex);
  return used();
}

}  // namespace madang::test
