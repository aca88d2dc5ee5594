// The kiosk's worker, and the app's code that it keeps, go with the device's being a kiosk, and with
// a sign-out. What was noted while the server was away is sealed, and waits to be handed over.
async function forgetWorker() {
  const registered = await navigator.serviceWorker?.getRegistrations() ?? [];
  await Promise.all(registered.map((one) => one.unregister()));
  const names = await self.caches?.keys() ?? [];
  await Promise.all(names.map((name) => caches.delete(name)));
}
