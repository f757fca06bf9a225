// Directus on a port, in as many processes as the other servers have. All else is in the file CONFIG_PATH.
import cluster from "node:cluster";

if (cluster.isPrimary) {
  for (let started = 0; started < Number(process.argv[2]); started++) cluster.fork();
} else {
  const { startServer } = await import("@directus/api/server");
  await startServer();
}
