// A mutex that readers share and whose writers get in. std::shared_mutex is glibc's lock as it comes, which lets a reader pass whoever
// waits to write: under readers that overlap without end (eight threads are enough) a writer never had its turn.
#pragma once

#include <pthread.h>

#include "runtime/guarded.h"

namespace madang::runtime {

/// As std::shared_mutex. Who waits to write keeps new readers out: so a thread that reads already must not begin to read again.
class MADANG_LOCK_TYPE SharedMutex {
 public:
  SharedMutex();
  ~SharedMutex();
  SharedMutex(SharedMutex const&) = delete;
  SharedMutex& operator=(SharedMutex const&) = delete;

  void lock() MADANG_ACQUIRE();
  bool try_lock() MADANG_TRY_ACQUIRE(true);
  void unlock() MADANG_RELEASE();
  void lock_shared() MADANG_ACQUIRE_SHARED();
  bool try_lock_shared() MADANG_TRY_ACQUIRE_SHARED(true);
  void unlock_shared() MADANG_RELEASE_SHARED();

 private:
  pthread_rwlock_t lock_;
};

/// Reads while it lives, but between unlock() and lock().
class MADANG_SCOPED_LOCK_TYPE ReadLock {
 public:
  explicit ReadLock(SharedMutex& mutex) MADANG_ACQUIRE_SHARED(mutex) : mutex_(mutex) { mutex_.lock_shared(); }
  ~ReadLock() MADANG_RELEASE_EITHER() {
    if (holds_) mutex_.unlock_shared();
  }
  ReadLock(ReadLock const&) = delete;
  ReadLock& operator=(ReadLock const&) = delete;

  void lock() MADANG_ACQUIRE_SHARED() {
    mutex_.lock_shared();
    holds_ = true;
  }
  void unlock() MADANG_RELEASE() {
    holds_ = false;
    mutex_.unlock_shared();
  }

 private:
  SharedMutex& mutex_;
  bool holds_ = true;
};

/// Lets go, while it lives, of what the calling function was called with for reading.
class MADANG_SCOPED_LOCK_TYPE ReadUnlocked {
 public:
  explicit ReadUnlocked(SharedMutex& mutex) MADANG_RELEASE_SHARED(mutex) : mutex_(mutex) { mutex_.unlock_shared(); }
  ~ReadUnlocked() MADANG_RELEASE_EITHER() { mutex_.lock_shared(); }
  ReadUnlocked(ReadUnlocked const&) = delete;
  ReadUnlocked& operator=(ReadUnlocked const&) = delete;

 private:
  SharedMutex& mutex_;
};

/// Writes, alone, while it lives.
class MADANG_SCOPED_LOCK_TYPE WriteLock {
 public:
  explicit WriteLock(SharedMutex& mutex) MADANG_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~WriteLock() MADANG_RELEASE() { mutex_.unlock(); }
  WriteLock(WriteLock const&) = delete;
  WriteLock& operator=(WriteLock const&) = delete;

 private:
  SharedMutex& mutex_;
};

}  // namespace madang::runtime
