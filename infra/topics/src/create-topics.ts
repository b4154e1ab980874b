// Makes the topics that schemas/topics.json declares and brings the settings of existing ones in line. Idempotent: run it at every deployment.
// A topic that exists with another partition count is refused in one sentence, since keys would move between partitions.
import kafkajs from 'kafkajs';

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;

export interface Topics {
  partitions: number;
  kinds: Record<string, Record<string, string>>;
  topics: Array<{ name: string; kind: string; owner: string; holds: string }>;
}

export interface CreateTopicsOptions {
  brokers: string[];
  /** Put before every name. */
  prefix: string;
  /** -1 takes the cluster's default. */
  replicationFactor: number;
}

/** Answers the names that were new. */
export async function createTopics(declared: Topics, { brokers, prefix, replicationFactor }: CreateTopicsOptions): Promise<string[]> {
  const kafka = new Kafka({ clientId: 'topics', brokers, logLevel: logLevel.NOTHING, retry: { retries: 8 } });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = declared.topics.filter(({ name }) => !existing.has(prefix + name));
    const present = declared.topics.filter(({ name }) => existing.has(prefix + name));
    if (missing.length > 0) {
      await admin.createTopics({
        waitForLeaders: true,
        timeout: 30_000,
        topics: missing.map(({ name, kind }) => ({
          topic: prefix + name,
          numPartitions: declared.partitions,
          replicationFactor,
          configEntries: Object.entries(declared.kinds[kind] ?? {}).map(([key, value]) => ({ name: key, value })),
        })),
      });
    }
    if (present.length > 0) {
      const { topics } = await admin.fetchTopicMetadata({ topics: present.map(({ name }) => prefix + name) });
      for (const { name, partitions } of topics) {
        if (partitions.length !== declared.partitions) {
          throw new Error(
            `topic ${name} has ${partitions.length} partitions, declared are ${declared.partitions}: keys would move, migrate it by hand`,
          );
        }
      }
      await admin.alterConfigs({
        validateOnly: false,
        resources: present.map(({ name, kind }) => ({
          type: ConfigResourceTypes.TOPIC,
          name: prefix + name,
          configEntries: Object.entries(declared.kinds[kind] ?? {}).map(([key, value]) => ({ name: key, value })),
        })),
      });
    }
    return missing.map(({ name }) => prefix + name);
  } finally {
    await admin.disconnect();
  }
}

/** Deletes every topic whose name begins with `prefix`: for test stacks on a shared cluster. */
export async function deleteTopics(brokers: string[], prefix: string): Promise<void> {
  if (prefix === '') throw new Error('a prefix is needed, or every topic of the cluster would be deleted');
  const admin = new Kafka({ clientId: 'topics', brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    const { groups } = await admin.listGroups();
    const names = groups.map(({ groupId }) => groupId).filter((name) => name.startsWith(prefix));
    if (names.length > 0) await admin.deleteGroups(names).catch(() => {});
  } finally {
    await admin.disconnect();
  }
}
