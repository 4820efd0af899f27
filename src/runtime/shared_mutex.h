// A mutex that readers share and whose writers get in. std::shared_mutex is glibc's lock as it comes, which lets a reader pass whoever
// waits to write: under readers that overlap without end (eight threads are enough) a writer never had its turn.
#pragma once

#include <pthread.h>

namespace madang::runtime {

/// As std::shared_mutex, for std::shared_lock and std::unique_lock. Who waits to write keeps new readers out: so a thread that reads
/// already must not begin to read again.
class SharedMutex {
 public:
  SharedMutex();
  ~SharedMutex();
  SharedMutex(SharedMutex const&) = delete;
  SharedMutex& operator=(SharedMutex const&) = delete;

  void lock();
  bool try_lock();
  void unlock();
  void lock_shared();
  bool try_lock_shared();
  void unlock_shared();

 private:
  pthread_rwlock_t lock_;
};

}  // namespace madang::runtime
