using RespKv.Http.Clients;
using RespKv.Protocol;

namespace RespKv.Http.Api.Keys;

/// <summary>
/// Writes keys: all or none, one LSN. Conditions are a compare-and-set: WATCH, read, compare, MULTI, write, EXEC, and anew when somebody else was faster.
/// </summary>
internal static class KeyWriter
{
    /// <summary>Per write whether its key was there before.</summary>
    /// <exception cref="ProblemException">A condition does not hold, or a command was refused. Nothing was written.</exception>
    public static async Task<bool[]> ExecuteAsync(ApiCall call, IReadOnlyList<KeyWrite> writes)
    {
        if (writes is [{ } only] && (only.IsPlainSet || (only.Value is null && only.Conditions.IsEmpty)))
        {
            return [await WriteOneAsync(call, only).ConfigureAwait(false)];
        }

        for (int attempt = 0; attempt < HttpLimits.CompareAndSetAttempts; attempt++)
        {
            KeyState[] states = await WatchAsync(call, writes).ConfigureAwait(false);
            List<IReadOnlyList<ReadOnlyMemory<byte>>> block = Block(writes, states, out List<int> tellers);
            IReadOnlyList<RespValue> replies = await call.Client.ExecuteAsync(block, call.Cancel).ConfigureAwait(false);
            ThrowIfRefused(replies, writes, tellers);
            if (replies[^1] is { IsNull: false } results)
            {
                return [.. tellers.Select(at => results.Items[at].Integer > 0)];
            }
        }

        throw new ProblemException(409, $"somebody else changed the key each of {HttpLimits.CompareAndSetAttempts} times; nothing was written", "BUSY") { RetryAfterSeconds = 1 };
    }

    private static async Task<bool> WriteOneAsync(ApiCall call, KeyWrite write)
    {
        if (write.Value is null)
        {
            RespValue deleted = ProblemException.ThrowIfError(await call.Client.ExecuteAsync(call.Cancel, Command.Of("DEL"u8, write.Key)).ConfigureAwait(false));
            return deleted.Integer > 0;
        }

        // Both in one turn. A user who may not use EXISTS is not told whether the key is new.
        IReadOnlyList<RespValue> replies = await call.Client.ExecuteAsync(
            [Command.Of("EXISTS"u8, write.Key), write.Set(withConditions: true)], call.Cancel).ConfigureAwait(false);
        if (ProblemException.ThrowIfError(replies[1]).IsNull)
        {
            throw Conditions.Failed(write.Conditions.MustExist ? "the key is not there" : "the key is there", write.Index);
        }

        return replies[0].IsError || replies[0].Integer > 0;
    }

    /// <summary>Watches the keys that conditions are about, reads them and checks the conditions. Of other keys nothing is known.</summary>
    private static async Task<KeyState[]> WatchAsync(ApiCall call, IReadOnlyList<KeyWrite> writes)
    {
        var states = new KeyState[writes.Count];
        int[] watched = [.. Enumerable.Range(0, writes.Count).Where(i => writes[i].NeedsWatch)];
        if (watched.Length == 0)
        {
            return states;
        }

        List<IReadOnlyList<ReadOnlyMemory<byte>>> looks = [Command.Of("WATCH"u8, [.. watched.Select(i => writes[i].Key)])];
        foreach (int i in watched)
        {
            looks.Add(Command.Of("TYPE"u8, writes[i].Key));
            looks.Add(writes[i].CarriesTtl ? Command.Of("PEXPIRETIME"u8, writes[i].Key) : looks[^1]);
        }

        IReadOnlyList<RespValue> seen = await call.Client.ExecuteAsync(looks, call.Cancel).ConfigureAwait(false);
        ProblemException.ThrowIfError(seen[0]);
        for (int at = 0; at < watched.Length; at++)
        {
            string type = ProblemException.ThrowIfError(seen[1 + (2 * at)]).Text;
            RespValue expiry = ProblemException.ThrowIfError(seen[2 + (2 * at)]);
            states[watched[at]] = new KeyState(type == "none" ? null : type, expiry.Kind == RespKind.Integer ? expiry.Integer : -1);
        }

        // One by one, so that what they hold together is never in memory.
        foreach (int i in watched)
        {
            writes[i].Conditions.Require(await VersionAsync(call, writes[i], states[i]).ConfigureAwait(false), writes[i].Index);
        }

        return states;
    }

    private static async Task<string?> VersionAsync(ApiCall call, KeyWrite write, KeyState state)
    {
        if (state.Type is null || !write.Conditions.NeedsVersion)
        {
            return state.Type;
        }

        StoredType type = StoredType.Find(state.Type) ?? throw new ProblemException(409, $"a {state.Type} has no version", "WRONGTYPE") { Index = write.Index };
        RespValue content = await call.Client.ExecuteAsync(call.Cancel, type.Read(write.Key)).ConfigureAwait(false);

        // Replaced by another type since: EXEC would refuse as well.
        return content is { IsError: true } && content.Text.StartsWith("WRONGTYPE", StringComparison.Ordinal)
            ? throw Conditions.Failed("the key has just been changed", write.Index)
            : type.Version(ProblemException.ThrowIfError(content));
    }

    /// <param name="writes">What is to be written.</param>
    /// <param name="states">What was there before, where it matters.</param>
    /// <param name="tellers">Which reply inside EXEC's tells, per write, whether its key was there.</param>
    private static List<IReadOnlyList<ReadOnlyMemory<byte>>> Block(IReadOnlyList<KeyWrite> writes, KeyState[] states, out List<int> tellers)
    {
        List<IReadOnlyList<ReadOnlyMemory<byte>>> block = [Command.Of("MULTI"u8)];
        tellers = [];
        for (int i = 0; i < writes.Count; i++)
        {
            KeyWrite write = writes[i];
            tellers.Add(block.Count - 1);
            if (write.Value is { IsString: true })
            {
                block.Add(Command.Of("EXISTS"u8, write.Key));
                block.Add(write.Set(withConditions: false));
                continue;
            }

            block.Add(Command.Of("DEL"u8, write.Key));
            if (write.Value is not null)
            {
                block.Add(write.Value.Write(write.Key));
                if (write.TtlMillis is { } millis)
                {
                    block.Add(Command.Of("PEXPIRE"u8, write.Key, Command.Number(millis)));
                }
                else if (write.KeepsTtl && states[i].ExpiresAtMillis >= 0)
                {
                    block.Add(Command.Of("PEXPIREAT"u8, write.Key, Command.Number(states[i].ExpiresAtMillis)));
                }
            }
        }

        block.Add(Command.Of("EXEC"u8));
        return block;
    }

    /// <exception cref="ProblemException">A command was refused: when it was queued, which EXEC then repeats, or by EXEC itself.</exception>
    private static void ThrowIfRefused(IReadOnlyList<RespValue> replies, IReadOnlyList<KeyWrite> writes, List<int> tellers)
    {
        for (int i = 0; i < replies.Count; i++)
        {
            if (replies[i].IsError)
            {
                int write = i == replies.Count - 1 ? -1 : tellers.FindLastIndex(teller => teller <= i - 1);
                throw ProblemException.Of(replies[i], write < 0 ? null : writes[write].Index);
            }
        }

        if (replies[^1].Items.FirstOrDefault(static each => each.IsError) is { } failed)
        {
            throw ProblemException.Of(failed);
        }
    }

    /// <summary>What was under a key.</summary>
    /// <param name="Type">Null: nothing.</param>
    /// <param name="ExpiresAtMillis">-1: never, or not asked for.</param>
    private readonly record struct KeyState(string? Type, long ExpiresAtMillis);
}
