/* Tests only: stands before SoftHSM, hides that a PIN is needed, and logs in with $TOKEN_PIN whenever a session opens, so that a headless browser,
   which cannot show its PIN dialog, can use a token. gcc -shared -fPIC $(pkg-config --cflags p11-kit-1) -ldl */
#define CRYPTOKI_GNU 1
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdlib.h>
#include <string.h>

static struct ck_function_list *softhsm;
static struct ck_function_list ours;

static ck_rv_t token_info(ck_slot_id_t slot, struct ck_token_info *info) {
  ck_rv_t result = softhsm->C_GetTokenInfo(slot, info);
  if (result == CKR_OK && (info->flags & CKF_TOKEN_INITIALIZED)) info->flags &= ~(unsigned long)CKF_LOGIN_REQUIRED;
  return result;
}

static ck_rv_t open_session(ck_slot_id_t slot, ck_flags_t flags, void *application, ck_notify_t notify, ck_session_handle_t *session) {
  ck_rv_t result = softhsm->C_OpenSession(slot, flags, application, notify, session);
  const char *pin = getenv("TOKEN_PIN");
  if (result == CKR_OK && pin) softhsm->C_Login(*session, CKU_USER, (unsigned char *)pin, strlen(pin));
  return result;
}

ck_rv_t C_GetFunctionList(struct ck_function_list **list) {
  if (!softhsm) {
    void *library = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
    if (!library) return CKR_GENERAL_ERROR;
    ck_rv_t (*real)(struct ck_function_list **) = (ck_rv_t(*)(struct ck_function_list **))dlsym(library, "C_GetFunctionList");
    ck_rv_t result = real(&softhsm);
    if (result != CKR_OK) return result;
    ours = *softhsm;
    ours.C_GetTokenInfo = token_info;
    ours.C_OpenSession = open_session;
  }
  *list = &ours;
  return CKR_OK;
}
