#include "runtime/shared_mutex.h"

#include "core/error.h"

namespace madang::runtime {

SharedMutex::SharedMutex() {
  pthread_rwlockattr_t kind{};
  MADANG_ASSERT(pthread_rwlockattr_init(&kind) == 0);
  MADANG_ASSERT(pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) == 0);
  MADANG_ASSERT(pthread_rwlock_init(&lock_, &kind) == 0);
  pthread_rwlockattr_destroy(&kind);
}

SharedMutex::~SharedMutex() { pthread_rwlock_destroy(&lock_); }

void SharedMutex::lock() { MADANG_ASSERT(pthread_rwlock_wrlock(&lock_) == 0); }
bool SharedMutex::try_lock() { return pthread_rwlock_trywrlock(&lock_) == 0; }
void SharedMutex::unlock() { MADANG_ASSERT(pthread_rwlock_unlock(&lock_) == 0); }
void SharedMutex::lock_shared() { MADANG_ASSERT(pthread_rwlock_rdlock(&lock_) == 0); }
bool SharedMutex::try_lock_shared() { return pthread_rwlock_tryrdlock(&lock_) == 0; }
void SharedMutex::unlock_shared() { MADANG_ASSERT(pthread_rwlock_unlock(&lock_) == 0); }

}  // namespace madang::runtime
