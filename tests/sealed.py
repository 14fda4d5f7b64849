"""What the program seals (lib/base/crypto.h), opened and made by hand: AES-256-GCM by OpenSSL, since Python
itself has none."""

import ctypes
import ctypes.util
import hmac
import os

NONCE, TAG = 12, 16
GET_TAG, SET_TAG = 0x10, 0x11
crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
for function in (crypto.EVP_CIPHER_CTX_new, crypto.EVP_aes_256_gcm):
    function.restype = ctypes.c_void_p


def derive_key(secret, purpose):
    """HKDF-SHA-256 without salt, one block (RFC 5869)."""
    return hmac.digest(hmac.digest(bytes(32), secret, "sha256"), purpose + b"\x01", "sha256")


def cipher(encrypt, key, nonce, about, data, tag):
    """The data the other way round, and the tag; an error if that is not the data's."""
    context, length = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new()), ctypes.c_int()
    out, tag = ctypes.create_string_buffer(len(data)), ctypes.create_string_buffer(tag, TAG)
    calls = [(crypto.EVP_CipherInit_ex, ctypes.c_void_p(crypto.EVP_aes_256_gcm()), None, key, nonce, encrypt),
             (crypto.EVP_CipherUpdate, None, ctypes.byref(length), about, len(about)),
             (crypto.EVP_CipherUpdate, out, ctypes.byref(length), data, len(data))]
    end = (crypto.EVP_CipherFinal_ex, ctypes.create_string_buffer(TAG), ctypes.byref(length))
    calls += [end, (crypto.EVP_CIPHER_CTX_ctrl, GET_TAG, TAG, tag)] if encrypt else [
        (crypto.EVP_CIPHER_CTX_ctrl, SET_TAG, TAG, tag), end]
    done = [call(context, *arguments) for call, *arguments in calls]
    crypto.EVP_CIPHER_CTX_free(context)
    assert done == [1] * len(calls), "it was not sealed so"
    return out.raw, tag.raw


def seal(key, about, data):
    nonce = os.urandom(NONCE)
    sealed, tag = cipher(1, key, nonce, about, data, b"")
    return nonce + sealed + tag


def unseal(key, about, sealed):
    return cipher(0, key, sealed[:NONCE], about, sealed[NONCE:-TAG], sealed[-TAG:])[0]
