using System.Text;

namespace RespKv.Engine.Security;

/// <summary>Rules that make a selector: from the set of its commands back to categories and names.</summary>
internal static class AclDescription
{
    public static string OfSelector(AclCatalog catalog, AclSelector selector)
    {
        var text = new StringBuilder();
        string keys = OfKeys(selector);
        if (keys.Length > 0)
        {
            text.Append(keys).Append(' ');
        }

        if (!selector.AllChannels)
        {
            text.Append("resetchannels ");
        }

        string channels = OfChannels(selector);
        if (channels.Length > 0)
        {
            text.Append(channels).Append(' ');
        }

        return text.Append(OfCommands(catalog, selector)).ToString();
    }

    public static string OfKeys(AclSelector selector) => selector.AllKeys
        ? "~*"
        : string.Join(' ', selector.Keys.Select(key => key.Access switch
        {
            KeyAccess.Read => "%R~",
            KeyAccess.Write => "%W~",
            _ => "~",
        } + key.Text));

    public static string OfChannels(AclSelector selector)
        => selector.AllChannels ? "&*" : string.Join(' ', selector.Channels.Select(channel => "&" + channel));

    /// <summary>
    /// As Redis does it: from <c>+@all</c> or <c>-@all</c>, whichever says what becomes of commands of the future, by the categories that say most of
    /// it, to single commands that correct these.
    /// </summary>
    public static string OfCommands(AclCatalog catalog, AclSelector selector)
    {
        bool adds = !selector.Commands.Has(AclCommandSet.FutureId);
        var reached = new AclSelector(catalog, allChannels: false);
        reached.SetAllCommands(!adds);
        var rules = new List<string> { adds ? "-@all" : "+@all" };
        var rest = new AclCommandSet();
        rest.CopyFrom(selector.Commands);
        var used = new HashSet<int>();
        while (BestCategory(catalog, rest, adds, used) is int category)
        {
            rules.Add((adds ? "+@" : "-@") + Commands.Introspection.AclCategories.All[category]);
            reached.SetCategory(category, adds);
            rest.Set(catalog.Applied[category], !adds);
            used.Add(category);
        }

        AddSingle(catalog.Commands, selector, reached, rules);
        return string.Join(' ', rules);
    }

    /// <summary>The category that says more right than wrong, with the fewest mistakes; null: there is none any more.</summary>
    private static int? BestCategory(AclCatalog catalog, AclCommandSet rest, bool adds, HashSet<int> used)
    {
        int? best = null;
        int fewestWrong = int.MaxValue;
        int mostRight = 0;
        for (int i = 0; i < catalog.Counted.Count; i++)
        {
            if (used.Contains(i))
            {
                continue;
            }

            int on = rest.CountOf(catalog.Counted[i]);
            int off = catalog.Counted[i].Count() - on;
            (int right, int wrong) = adds ? (on, off) : (off, on);
            if (right > wrong && (wrong < fewestWrong || (wrong == fewestWrong && right > mostRight)))
            {
                best = i;
                fewestWrong = wrong;
                mostRight = right;
            }
        }

        return best;
    }

    private static void AddSingle(List<AclCommand> commands, AclSelector wanted, AclSelector reached, List<string> rules)
    {
        foreach (AclCommand command in commands)
        {
            bool allowed = wanted.Commands.Has(command.Id);
            if (allowed != reached.Commands.Has(command.Id))
            {
                rules.Add((allowed ? "+" : "-") + command.Name);
                reached.SetCommand(command, allowed);
            }

            AddSingle(command.Subcommands, wanted, reached, rules);
            if (!allowed)
            {
                rules.AddRange(wanted.FirstArgumentsOf(command.Id).Select(argument => $"+{command.Name}|{argument}"));
            }
        }
    }
}
